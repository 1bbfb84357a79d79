namespace Sparsify.Chaos.Faults;

/// <summary>The processes of a run.</summary>
public enum RunProcess
{
    /// <summary>The parent that ends the run with its lease.</summary>
    Lifeline,

    /// <summary>virt-sparsify.</summary>
    Tool,

    /// <summary>qemu.</summary>
    Appliance,

    /// <summary>All of them at once.</summary>
    All,
}
