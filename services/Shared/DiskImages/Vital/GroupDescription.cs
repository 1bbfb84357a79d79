namespace Sparsify.DiskImages.Vital;

/// <summary>What an LVM2 volume group says of itself. virt-sparsify makes a volume of its free space for a moment, and a run that is cut off leaves it.</summary>
/// <param name="Name">The group's name.</param>
/// <param name="Text">Its metadata. Source: lvm.conf(5), LVM2 <c>lib/format_text</c>.</param>
public sealed record GroupDescription(string Name, string Text);
