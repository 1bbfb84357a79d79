namespace Sparsify.DiskImages.Vital;

/// <summary>The logical volume that virt-sparsify makes of all free extents of a group for a moment, and that a run which was cut off left.</summary>
/// <param name="Group">The volume group.</param>
/// <param name="Name">The logical volume.</param>
public sealed record StrayVolume(string Group, string Name)
{
    /// <summary>As the appliance names it.</summary>
    public string Device => $"/dev/{Group}/{Name}";
}
