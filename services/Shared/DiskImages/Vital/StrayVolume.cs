namespace Sparsify.DiskImages.Vital;

/// <summary>A logical volume that the journal does not know and whose space was free when it was written.</summary>
/// <param name="Group">The volume group.</param>
/// <param name="Name">The logical volume.</param>
public sealed record StrayVolume(string Group, string Name)
{
    /// <summary>As the appliance names it.</summary>
    public string Device => $"/dev/{Group}/{Name}";
}
