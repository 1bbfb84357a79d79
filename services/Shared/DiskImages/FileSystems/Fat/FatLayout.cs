using System.Text;

namespace Sparsify.DiskImages.FileSystems.Fat;

/// <summary>Where the parts of a FAT file system lie, from its boot sector (BIOS parameter block).</summary>
internal sealed record FatLayout
{
    private const int MostFat12Clusters = 4084;
    private const int MostFat16Clusters = 65524;
    private const long MostFat32Clusters = 0x0FFF_FFF5;

    public required int Bits { get; init; }

    public required int SectorSize { get; init; }

    public required int ClusterSize { get; init; }

    public required long TotalSectors { get; init; }

    /// <summary>Clusters that hold data.</summary>
    public required long Clusters { get; init; }

    /// <summary>The first table's place, bytes.</summary>
    public required long TableOffset { get; init; }

    /// <summary>The place of cluster 2, bytes.</summary>
    public required long DataOffset { get; init; }

    public string? Label { get; init; }

    /// <summary>Null when the sector is no FAT boot sector.</summary>
    /// <exception cref="MalformedStructureException">It is one that makes no sense.</exception>
    public static FatLayout? Of(StructureReader boot, long deviceLength)
    {
        int sector = boot.UInt16(11);
        int sectorsPerCluster = boot.Byte(13);
        int reserved = boot.UInt16(14);
        int tables = boot.Byte(16);
        int media = boot.Byte(21);
        var looksLike = boot.UInt16(510) == 0xAA55 && sector is 512 or 1024 or 2048 or 4096 && int.IsPow2(sectorsPerCluster) && reserved > 0 && tables is 1 or 2 && media is 0xF0 or >= 0xF8;
        if (!looksLike || boot.Slice(3, 4).SequenceEqual("NTFS"u8))
            return null;
        int rootEntries = boot.UInt16(17);
        var (short16, long32) = (boot.UInt16(22), boot.UInt32(36));
        var tableSectors = short16 != 0 ? short16 : (long)long32;
        var total = boot.UInt16(19) != 0 ? boot.UInt16(19) : (long)boot.UInt32(32);
        var dataSector = reserved + (tables * tableSectors) + (((rootEntries * 32L) + sector - 1) / sector);
        if (tableSectors == 0 || total <= dataSector || total > deviceLength / sector)
            throw new MalformedStructureException("the FAT boot sector", 0, $"{total} sectors of {sector} bytes, data from sector {dataSector} on, on a device of {deviceLength} bytes");
        var isFat32 = short16 == 0;
        var clusters = (total - dataSector) / sectorsPerCluster;
        var bits = isFat32 ? 32 : clusters > MostFat12Clusters ? 16 : 12;
        // As the kernel does: a table that is too short ends the file system early.
        var inTable = (tableSectors * sector * 8 / bits) - 2;
        var most = bits switch { 32 => MostFat32Clusters, 16 => MostFat16Clusters, _ => MostFat12Clusters };
        if (clusters > most)
            throw new MalformedStructureException("the FAT boot sector", 0, $"{clusters} clusters in a FAT of {bits} bits");
        return new FatLayout
        {
            Bits = bits,
            SectorSize = sector,
            ClusterSize = sector * sectorsPerCluster,
            TotalSectors = total,
            Clusters = Math.Max(0, Math.Min(clusters, inTable)),
            TableOffset = (long)reserved * sector,
            DataOffset = dataSector * sector,
            Label = NameOf(boot, isFat32 ? 71 : 43),
        };
    }

    private static string? NameOf(StructureReader boot, int at) => boot.Label(at, 11, Encoding.Latin1)?.Trim() is { Length: > 0 } name && name != "NO NAME" ? name : null;
}
