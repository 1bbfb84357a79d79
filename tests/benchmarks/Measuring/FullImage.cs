using System.Buffers.Binary;

namespace Sparsify.Benchmarks.Measuring;

/// <summary>Writes a qcow2 image whose map is full and whose data are holes.</summary>
internal static class FullImage
{
    private const int Cluster = 64 << 10;
    private const int PerTable = Cluster / 8;

    public static void Write(string path, long size)
    {
        var tables = size / Cluster / PerTable;
        var l1Clusters = ((tables * 8) + Cluster - 1) / Cluster;
        var firstTable = (1 + l1Clusters) * Cluster;
        var firstData = firstTable + (tables * Cluster);
        using var file = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite);
        var header = new byte[Cluster];
        BinaryPrimitives.WriteUInt32BigEndian(header, 0x514649FB);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), 3);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(20), 16);
        BinaryPrimitives.WriteInt64BigEndian(header.AsSpan(24), size);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(36), (uint)tables);
        BinaryPrimitives.WriteInt64BigEndian(header.AsSpan(40), Cluster);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(96), 4);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(100), 104);
        RandomAccess.Write(file, header, 0);
        var table = new byte[Cluster];
        var entry = new byte[8];
        for (var t = 0L; t < tables; t++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(entry, (1UL << 63) | (ulong)(firstTable + (t * Cluster)));
            RandomAccess.Write(file, entry, Cluster + (t * 8));
            for (var i = 0; i < PerTable; i++)
            {
                // Of four neighbours the last two are turned round.
                var place = (t * PerTable) + (i % 4 == 2 ? i + 1 : i % 4 == 3 ? i - 1 : i);
                BinaryPrimitives.WriteUInt64BigEndian(table.AsSpan(i * 8), (1UL << 63) | (ulong)(firstData + (place * Cluster)));
            }

            RandomAccess.Write(file, table, firstTable + (t * Cluster));
        }

        // One swap area over all of it: discarding it asks for every entry.
        RandomAccess.Write(file, "SWAPSPACE2"u8, firstData + 4086);
        RandomAccess.Write(file, new byte[1], firstData + size - 1);
    }
}
