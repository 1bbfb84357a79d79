namespace Sparsify.DiskImages.Files;

/// <summary>A range of a file that the storage holds blocks for.</summary>
/// <param name="Start">First byte.</param>
/// <param name="End">First byte after it.</param>
/// <param name="Written">False for blocks that were allocated and never written: they read as zeroes.</param>
internal readonly record struct Extent(long Start, long End, bool Written);
