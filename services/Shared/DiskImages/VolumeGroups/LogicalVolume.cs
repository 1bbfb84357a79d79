namespace Sparsify.DiskImages.VolumeGroups;

/// <summary>A logical volume as its group's description has it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsVisible">False for the parts that others are made of.</param>
/// <param name="IsWritable">It may be written.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Segments">Where it lies; empty when that is not resolved.</param>
/// <param name="Problem">Why it is not resolved.</param>
/// <param name="Unseen">What it is, when it is not resolved and the appliance lets virt-sparsify empty it; else null.</param>
internal sealed record LogicalVolume(string Name, bool IsVisible, bool IsWritable, long Size, IReadOnlyList<LogicalSegment> Segments, string? Problem, string? Unseen);
