using System.Buffers.Binary;
using Sparsify.DiskImages.Devices;

namespace Sparsify.DiskImages.FileSystems.Ntfs;

/// <summary>An NTFS volume: its boot sector and its master file table. Source: the linux-ntfs documentation, "NTFS Documentation", files $Boot and $MFT, "FILE record".</summary>
internal sealed class NtfsVolume
{
    private const int BootSize = 512;
    private const int LargestRecord = 64 << 10;
    private readonly List<NtfsRun> _table;

    private NtfsVolume(GuestDevice device, StructureReader boot)
    {
        Device = device;
        int sector = boot.UInt16(11);
        int perCluster = boot.Byte(13);
        // Above 0x80 the byte is a negative power of two.
        var sectors = perCluster > 0x80 ? 256 - perCluster is var power && power <= 21 ? 1L << power : 0 : perCluster;
        if (sector is < 256 or > 4096 || !int.IsPow2(sector) || !long.IsPow2(sectors) || sectors * sector > 2 << 20)
            throw Malformed($"sectors of {sector} bytes, {sectors} a cluster");
        ClusterSize = (int)(sectors * sector);
        var total = boot.Int64(40);
        if (total > device.Length / sector)
            throw Malformed($"{total} sectors of {sector} bytes on a device of {device.Length} bytes");
        Clusters = total / sectors;
        SectorSize = sector;
        var size = (int)(sbyte)boot.Byte(64);
        RecordSize = size > 0 ? size * ClusterSize : size is < 0 and > -17 ? 1 << -size : 0;
        if (RecordSize is < 512 or > LargestRecord || !int.IsPow2(RecordSize))
            throw Malformed($"file records of {RecordSize} bytes");
        var place = boot.Int64(48);
        if (place > Clusters)
            throw Malformed($"$MFT at cluster {place} of {Clusters}");
        _table = [new NtfsRun(0, place, Clusters - place)];
        var first = Record(0);
        _table = first.Find(NtfsRecord.DataType)?.Runs(Clusters) ?? throw Malformed("$MFT has no data");
    }

    public GuestDevice Device { get; }

    public int SectorSize { get; }

    public int ClusterSize { get; }

    public int RecordSize { get; }

    /// <summary>Clusters of the volume.</summary>
    public long Clusters { get; }

    /// <summary>Null when the device holds no NTFS.</summary>
    /// <exception cref="MalformedStructureException">It holds one that makes no sense.</exception>
    public static NtfsVolume? Open(GuestDevice device)
    {
        if (device.Length < BootSize)
            return null;
        Span<byte> bytes = stackalloc byte[BootSize];
        device.Read(0, bytes, "the NTFS boot sector");
        return bytes[3..11].SequenceEqual("NTFS    "u8) ? new NtfsVolume(device, new StructureReader(bytes, "the NTFS boot sector", 0)) : null;
    }

    /// <summary>One record of the master file table, with the ends of its sectors put right.</summary>
    /// <exception cref="MalformedStructureException">There is none, or it is torn.</exception>
    public NtfsRecord Record(long number)
    {
        var bytes = new byte[RecordSize];
        Read(_table, number * RecordSize, bytes, "an NTFS file record");
        PutSectorEndsRight(bytes, "an NTFS file record", number);
        return new NtfsRecord(bytes, number);
    }

    /// <summary>Reads a part of a file that lies in runs. The files of the system have no holes: one that claims some could be read for ever.</summary>
    public void Read(List<NtfsRun> runs, long offset, Span<byte> destination, string structure)
    {
        while (destination.Length > 0)
        {
            var vcn = offset / ClusterSize;
            var run = Find(runs, vcn) ?? throw new MalformedStructureException(structure, offset, "it lies outside its file's runs");
            var inRun = offset - (run.Vcn * ClusterSize);
            var length = (int)Math.Min(destination.Length, (run.Count * ClusterSize) - inRun);
            if (run.Lcn < 0)
                throw new MalformedStructureException(structure, offset, "it lies in a hole of its file");
            Device.Read((run.Lcn * ClusterSize) + inRun, destination[..length], structure);
            offset += length;
            destination = destination[length..];
        }
    }

    /// <summary>The last two bytes of each sector are kept apart, to tell torn writes. Source: "NTFS Documentation", "Fixup".</summary>
    public static void PutSectorEndsRight(Span<byte> bytes, string structure, long number)
    {
        const int Stride = 512;
        var (at, count) = (BinaryPrimitives.ReadUInt16LittleEndian(bytes[4..]), BinaryPrimitives.ReadUInt16LittleEndian(bytes[6..]));
        if (count == 0 || count - 1 > bytes.Length / Stride || at + (count * 2) > bytes.Length)
            throw new MalformedStructureException(structure, number, $"its update sequence, {count} numbers at {at}, lies outside");
        var mark = BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);
        for (var i = 1; i < count; i++)
        {
            var end = (i * Stride) - 2;
            if (BinaryPrimitives.ReadUInt16LittleEndian(bytes[end..]) != mark)
                throw new MalformedStructureException(structure, number, $"its sector {i - 1} does not belong to it: the write was torn");
            bytes.Slice(at + (i * 2), 2).CopyTo(bytes[end..]);
        }
    }

    private static NtfsRun? Find(List<NtfsRun> runs, long vcn)
    {
        var (low, high) = (0, runs.Count);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (runs[middle].Vcn + runs[middle].Count > vcn)
                high = middle;
            else
                low = middle + 1;
        }

        return low < runs.Count && runs[low].Vcn <= vcn ? runs[low] : null;
    }

    private static MalformedStructureException Malformed(string reason) => new("the NTFS boot sector", 0, reason);
}
