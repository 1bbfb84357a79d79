namespace Sparsify.Scanner.Policies.Selecting;

/// <summary>How narrow a selector is: of two policies that meet on a disk the narrower takes it.</summary>
internal enum SelectorWidth
{
    /// <summary>It names disks.</summary>
    Disk,

    /// <summary>It names VMs, or tags of VMs.</summary>
    Vm,

    /// <summary>It names storage domains.</summary>
    Domain,

    /// <summary>It names nothing and fits all disks.</summary>
    All,
}
