using Sparsify.DiskImages.Devices;

namespace Sparsify.DiskImages.Partitions;

/// <summary>GUID partition tables. Source: UEFI specification 2.10, section 5.3; Linux <c>block/partitions/efi.c</c>.</summary>
internal static class GptReader
{
    private const int HeaderSize = 92;
    private const int MostEntries = 1024;

    /// <summary>Reads the table, or its copy at the disk's end when the first is torn.</summary>
    /// <returns>Null when there is none, or it is not one that the kernel takes.</returns>
    public static IReadOnlyList<Partition>? Read(GuestDevice disk, int sectorSize)
    {
        var sectors = disk.Length / sectorSize;
        if (sectors < 3 || !HasProtectiveMbr(disk))
            return null;
        return ReadAt(disk, sectorSize, 1, sectors) ?? ReadAt(disk, sectorSize, sectors - 1, sectors);
    }

    private static bool HasProtectiveMbr(GuestDevice disk)
    {
        if (!disk.Has(510, [0x55, 0xAA]))
            return false;
        for (var i = 0; i < 4; i++)
        {
            if (disk.Has(446 + (i * 16) + 4, [0xEE]))
                return true;
        }

        return false;
    }

    private static List<Partition>? ReadAt(GuestDevice disk, int sectorSize, long place, long sectors)
    {
        var raw = disk.Read(place * sectorSize, sectorSize, "the GPT header");
        var header = new StructureReader(raw, "the GPT header", place * sectorSize);
        if (!raw.AsSpan(0, 8).SequenceEqual("EFI PART"u8))
            return null;
        var size = header.UInt32(12);
        if (size < HeaderSize || size > sectorSize || header.UInt64(24) != (ulong)place)
            return null;
        var sum = header.UInt32(16);
        raw.AsSpan(16, 4).Clear();
        if (Crc32.Of(raw.AsSpan(0, (int)size)) != sum)
            return null;
        var (at, count, entrySize) = (header.UInt64(72), header.UInt32(80), header.UInt32(84));
        if (entrySize != 128 || count is 0 or > MostEntries || at >= (ulong)sectors)
            return null;
        var entries = disk.Read((long)at * sectorSize, (int)(count * entrySize), "the GPT entries");
        if (Crc32.Of(entries) != header.UInt32(88))
            return null;
        var found = new List<Partition>();
        for (var i = 0; i < count; i++)
        {
            var entry = new StructureReader(entries.AsSpan(i * 128, 128), "a GPT entry", (long)at * sectorSize);
            var (first, last) = (entry.UInt64(32), entry.UInt64(40));
            if (entry.UInt64(0) == 0 && entry.UInt64(8) == 0)
                continue;
            // As the kernel does, an entry outside the disk is passed over.
            if (first <= last && last < (ulong)sectors)
                found.Add(new Partition(i + 1, (long)first * sectorSize, (long)(last - first + 1) * sectorSize));
        }

        return found;
    }
}
