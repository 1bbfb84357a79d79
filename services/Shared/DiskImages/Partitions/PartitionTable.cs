using Sparsify.DiskImages.Devices;

namespace Sparsify.DiskImages.Partitions;

/// <summary>The partitions of a disk.</summary>
/// <param name="Partitions">In the order of their numbers.</param>
/// <param name="Note">Why the appliance would not see them; null when it does.</param>
internal sealed record PartitionTable(IReadOnlyList<Partition> Partitions, string? Note = null)
{
    private const int OtherSectorSize = 4096;

    /// <summary>Null when the disk has no partition table.</summary>
    /// <exception cref="MalformedStructureException">It has one that makes no sense.</exception>
    public static PartitionTable? Read(GuestDevice disk)
    {
        if (disk.Length < 2 * ApplianceDisk.SectorSize)
            return null;
        if (GptReader.Read(disk, ApplianceDisk.SectorSize) is { } gpt)
            return new PartitionTable(gpt);
        if (GptReader.Read(disk, OtherSectorSize) is { } other)
            return new PartitionTable(other, "Its GPT is for sectors of 4096 bytes; the appliance has 512 and does not see it.");
        return MbrReader.Read(disk) is { } mbr ? new PartitionTable(mbr) : null;
    }
}
