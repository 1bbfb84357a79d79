namespace Sparsify.DiskImages.Partitions;

/// <summary>One entry of a partition table.</summary>
/// <param name="Number">As the kernel counts it.</param>
/// <param name="Start">Bytes from the disk's start.</param>
/// <param name="Length">Bytes.</param>
internal sealed record Partition(int Number, long Start, long Length);
