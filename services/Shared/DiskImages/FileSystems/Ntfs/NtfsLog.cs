
namespace Sparsify.DiskImages.FileSystems.Ntfs;

/// <summary>The state of an NTFS volume's log. Source: "NTFS Documentation", file $LogFile ("restart area").</summary>
internal static class NtfsLog
{
    private const ushort CleanFlag = 0x2;
    private const ushort NoClient = 0xFFFF;
    private const int PageSize = 4096;

    /// <summary>Whether nothing of it would have to be replayed: it is empty, or says so itself.</summary>
    public static bool IsClean(NtfsVolume volume, int record)
    {
        if (volume.Record(record).Find(NtfsRecord.DataType) is not { IsResident: false } data || data.Length < 2 * PageSize)
            return false;
        var runs = data.Runs(volume.Clusters);
        var page = new byte[PageSize];
        volume.Read(runs, 0, page, "$LogFile");
        if (!page.AsSpan().ContainsAnyExcept((byte)0xFF))
            return true;
        if (!page.AsSpan(0, 4).SequenceEqual("RSTR"u8))
            return false;
        NtfsVolume.PutSectorEndsRight(page, "a restart page of $LogFile", 0);
        var reader = new StructureReader(page, "a restart page of $LogFile", 0);
        int area = reader.UInt16(24);
        // Either no client has it open, or it was closed in order.
        return reader.UInt16(area + 12) == NoClient || (reader.UInt16(area + 14) & CleanFlag) != 0;
    }
}
