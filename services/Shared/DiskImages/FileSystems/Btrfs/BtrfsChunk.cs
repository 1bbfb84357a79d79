namespace Sparsify.DiskImages.FileSystems.Btrfs;

/// <summary>A stretch of btrfs's own addresses, and where its copies lie on the device. Source: btrfs documentation, "On-disk format", CHUNK_ITEM.</summary>
internal sealed record BtrfsChunk
{
    private const int StripeSize = 32;
    private const int HeaderSize = 48;
    private const ulong Striped = 0x8 | 0x10 | 0x40 | 0x80 | 0x100 | 0x200 | 0x400; // RAID0, RAID1, RAID10, RAID5, RAID6, RAID1C3, RAID1C4

    public required long Start { get; init; }

    public required long Length { get; init; }

    /// <summary>Copies on this device: one (single) or two (DUP).</summary>
    public required IReadOnlyList<long> Copies { get; init; }

    /// <summary>It is spread over devices in a way that is not followed.</summary>
    public required bool IsStriped { get; init; }

    public long End => Start + Length;

    /// <exception cref="MalformedStructureException">It makes no sense.</exception>
    public static BtrfsChunk Read(long start, StructureReader item, ulong device, out int size)
    {
        var (length, type, stripes) = (item.Int64(0), item.UInt64(24), item.UInt16(44));
        size = HeaderSize + (stripes * StripeSize);
        if (length == 0 || start > long.MaxValue - length || stripes == 0 || item.Length < size)
            throw new MalformedStructureException("a btrfs chunk", start, $"{length} bytes in {stripes} stripes");
        var copies = new List<long>();
        var isStriped = (type & Striped) != 0;
        for (var i = 0; i < stripes; i++)
        {
            var at = HeaderSize + (i * StripeSize);
            isStriped |= item.UInt64(at) != device;
            var copy = item.Int64(at + 8);
            if (copy > long.MaxValue - length)
                throw new MalformedStructureException("a btrfs chunk", start, $"a copy at {copy}");
            copies.Add(copy);
        }

        return new BtrfsChunk { Start = start, Length = length, Copies = copies, IsStriped = isStriped };
    }
}
