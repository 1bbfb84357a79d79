using System.Text;
using Sparsify.DiskImages.Devices;
using Sparsify.DiskImages.Images;

namespace Sparsify.DiskImages.FileSystems.Ntfs;

/// <summary>
/// NTFS. What is freed: every run of free clusters inside a piece of the bitmap, as ntfs-3g discards them. Sources:
/// "NTFS Documentation" of the linux-ntfs project; ntfs-3g <c>libntfs-3g/ioctl.c</c>, <c>volume.c</c>.
/// </summary>
internal sealed class NtfsReader : IFileSystemReader
{
    private const int LogFile = 2;
    private const int Volume = 3;
    private const int Bitmap = 6;
    private const ushort DirtyFlag = 0x1;

    /// <summary>ntfs-3g looks at the bitmap in pieces and never joins two of them.</summary>
    private const int Piece = 4096;

    public FileSystemReading? Read(GuestDevice device)
    {
        if (NtfsVolume.Open(device) is not { } volume)
            return null;
        var record = volume.Record(Volume);
        var label = record.Find(NtfsRecord.VolumeNameType) is { IsResident: true } name ? StructureReader.Printable(Encoding.Unicode.GetString(name.Content)) : null;
        var information = record.Find(NtfsRecord.VolumeInformationType);
        var isDirty = information is { IsResident: true, Content.Length: >= 12 } && (new StructureReader(information.Content, "$VOLUME_INFORMATION", Volume).UInt16(10) & DirtyFlag) != 0;
        var refusal = NtfsHibernation.IsHibernated(volume) ? "Windows is hibernated or was shut down by fast startup: it is passed over. Shut Windows down fully."
            : isDirty ? "Windows marked it dirty: what a run would give back is not promised. Run chkdsk."
            : !NtfsLog.IsClean(volume, LogFile) ? "It was not unmounted, and its log is not replayed by ntfs-3g: nothing is promised. Start Windows and shut it down."
            : volume.ClusterSize < ApplianceDisk.Granularity ? $"Its clusters of {volume.ClusterSize} bytes are smaller than what the appliance can discard."
            : null;
        var tally = new DiscardTally();
        var free = Discard(volume, refusal is null ? tally : null);
        return new FileSystemReading
        {
            Type = "ntfs",
            Label = label,
            Size = volume.Clusters * volume.ClusterSize,
            Free = free * volume.ClusterSize,
            Tally = tally,
            Note = refusal,
            IsExact = refusal is null || volume.ClusterSize < ApplianceDisk.Granularity,
        };
    }

    private static long Discard(NtfsVolume volume, DiscardTally? tally)
    {
        var record = volume.Record(Bitmap);
        if (record.Find(NtfsRecord.AttributeListType) is not null)
            throw new MalformedStructureException("$Bitmap", Bitmap, "it is kept in several records, which is not followed");
        var data = record.Find(NtfsRecord.DataType) ?? throw new MalformedStructureException("$Bitmap", Bitmap, "it has no data");
        var runs = data.Runs(volume.Clusters);
        var free = 0L;
        const int Pieces = 16;
        var buffer = new byte[Pieces * Piece];
        for (var first = 0L; first < volume.Clusters; first += buffer.Length * 8L)
        {
            var bytes = (int)Math.Min(buffer.Length, (volume.Clusters - first + 7) / 8);
            volume.Read(runs, first / 8, buffer.AsSpan(0, bytes), "$Bitmap");
            for (var at = 0; at < bytes; at += Piece)
            {
                var start = first + (at * 8L);
                free += DiscardPiece(volume, buffer.AsSpan(at, Math.Min(Piece, bytes - at)), start, (int)Math.Min(Piece * 8, volume.Clusters - start), tally);
            }
        }

        return free;
    }

    private static long DiscardPiece(NtfsVolume volume, ReadOnlySpan<byte> bitmap, long start, int clusters, DiscardTally? tally)
    {
        var free = 0L;
        var runs = new FreeRuns(bitmap, clusters);
        while (runs.Next())
        {
            free += runs.End - runs.Start;
            if (tally is not null)
                volume.Device.Discard((start + runs.Start) * volume.ClusterSize, (long)(runs.End - runs.Start) * volume.ClusterSize, tally);
        }

        return free;
    }
}
