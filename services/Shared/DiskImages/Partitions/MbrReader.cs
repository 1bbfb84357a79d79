using Sparsify.DiskImages.Devices;

namespace Sparsify.DiskImages.Partitions;

/// <summary>
/// MBR partition tables with logical partitions. Sources: "Partition types" and extended boot records as in Linux
/// <c>block/partitions/msdos.c</c>, whose rules for what counts are followed.
/// </summary>
internal static class MbrReader
{
    private const int TableOffset = 446;
    private const int EntrySize = 16;
    private const int Sector = 512;
    private const int FirstLogical = 5;
    private const int MostLogical = 251;

    /// <summary>Null when there is no table, or an empty one.</summary>
    public static IReadOnlyList<Partition>? Read(GuestDevice disk)
    {
        var raw = disk.Read(0, Sector, "the MBR");
        if (raw[510] != 0x55 || raw[511] != 0xAA)
            return null;
        var entries = Entries(raw, 0);
        // Boot code of a file system ends with the same mark: entries that cannot be ones tell the two apart.
        if (entries.Any(e => e.Boot is not (0 or 0x80)) || entries.All(e => e.Sectors == 0) || entries.Any(e => e.Type == 0xEE))
            return null;
        var found = new List<Partition>();
        var number = 0;
        foreach (var entry in entries)
        {
            number++;
            if (entry.Sectors == 0 || entry.Type == 0 || entry.Start * Sector >= disk.Length)
                continue;
            if (entry.IsExtended)
                found.AddRange(Logical(disk, entry.Start));
            else
                found.Add(new Partition(number, entry.Start * Sector, Math.Min(entry.Sectors * Sector, disk.Length - (entry.Start * Sector))));
        }

        return [.. found.OrderBy(p => p.Number)];
    }

    private static IEnumerable<Partition> Logical(GuestDevice disk, long extended)
    {
        var (record, number) = (extended, FirstLogical);
        var seen = new HashSet<long>();
        // A record that was seen before closes a circle; the kernel stops at its number of minors.
        while (number < FirstLogical + MostLogical && seen.Add(record) && record * Sector <= disk.Length - Sector)
        {
            var raw = disk.Read(record * Sector, Sector, "an extended boot record");
            if (raw[510] != 0x55 || raw[511] != 0xAA)
                yield break;
            long? next = null;
            foreach (var entry in Entries(raw, record))
            {
                if (entry.Sectors == 0)
                    continue;
                if (entry.IsExtended)
                    next ??= extended + entry.Start;
                else if ((record + entry.Start) * Sector < disk.Length)
                    yield return new Partition(number++, (record + entry.Start) * Sector, Math.Min(entry.Sectors * Sector, disk.Length - ((record + entry.Start) * Sector)));
            }

            if (next is not { } following)
                yield break;
            record = following;
        }
    }

    private static List<Entry> Entries(byte[] raw, long record)
    {
        var reader = new StructureReader(raw, "a boot record", record * Sector);
        var entries = new List<Entry>();
        for (var i = 0; i < 4; i++)
        {
            var at = TableOffset + (i * EntrySize);
            entries.Add(new Entry(reader.Byte(at), reader.Byte(at + 4), reader.UInt32(at + 8), reader.UInt32(at + 12)));
        }

        return entries;
    }

    private readonly record struct Entry(byte Boot, byte Type, long Start, long Sectors)
    {
        public bool IsExtended => Type is 0x05 or 0x0F or 0x85;
    }
}
