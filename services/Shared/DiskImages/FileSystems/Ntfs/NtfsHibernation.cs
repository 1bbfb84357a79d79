using System.Text;

namespace Sparsify.DiskImages.FileSystems.Ntfs;

/// <summary>
/// Finds out whether Windows keeps its memory in <c>hiberfil.sys</c>: then the volume must not be changed under it. Sources:
/// ntfs-3g <c>libntfs-3g/volume.c</c> (<c>ntfs_volume_check_hiberfile</c>); "NTFS Documentation", "Index".
/// </summary>
internal static class NtfsHibernation
{
    private const int RootDirectory = 5;
    private const long MostIndexBytes = 64L << 20;
    private const int FileNameAt = 16;
    private const string FileName = "hiberfil.sys";

    public static bool IsHibernated(NtfsVolume volume)
    {
        if (FindFile(volume) is not { } number)
            return false;
        var data = volume.Record(number).Find(NtfsRecord.DataType);
        if (data is null || data.Length < 4)
            return false;
        Span<byte> mark = stackalloc byte[4];
        if (data.IsResident)
            data.Content[..4].CopyTo(mark);
        else
            volume.Read(data.Runs(volume.Clusters), 0, mark, FileName);
        return mark.SequenceEqual("hibr"u8) || mark.SequenceEqual("HIBR"u8);
    }

    private static long? FindFile(NtfsVolume volume)
    {
        var directory = volume.Record(RootDirectory);
        if (directory.Find(NtfsRecord.IndexRootType, "$I30") is not { IsResident: true } root)
            throw new MalformedStructureException("the NTFS root directory", RootDirectory, "it has no index");
        var content = root.Content;
        var head = new StructureReader(content, "an NTFS index root", RootDirectory);
        if (Search(head.Slice(16, Math.Max(0, content.Length - 16)), "an NTFS index root") is { } found)
            return found;
        if (directory.Find(NtfsRecord.IndexAllocationType, "$I30") is not { IsResident: false } allocation)
            return null;
        var size = head.UInt32(8);
        if (size is < 512 or > 65536 || !uint.IsPow2(size))
            throw new MalformedStructureException("an NTFS index root", RootDirectory, $"index records of {size} bytes");
        var runs = allocation.Runs(volume.Clusters);
        var record = new byte[size];
        for (var at = 0L; at + size <= Math.Min(allocation.Length, MostIndexBytes); at += size)
        {
            volume.Read(runs, at, record, "an NTFS index record");
            if (!record.AsSpan(0, 4).SequenceEqual("INDX"u8))
                continue;
            NtfsVolume.PutSectorEndsRight(record, "an NTFS index record", at);
            if (Search(record.AsSpan(24), "an NTFS index record") is { } inRecord)
                return inRecord;
        }

        return null;
    }

    /// <param name="node">The index header and the entries after it.</param>
    /// <param name="structure">What holds it.</param>
    private static long? Search(ReadOnlySpan<byte> node, string structure)
    {
        var reader = new StructureReader(node, structure, RootDirectory);
        var end = Math.Min(reader.UInt32(4), (uint)node.Length);
        for (long at = reader.UInt32(0); at + 16 <= end;)
        {
            var entry = new StructureReader(node[(int)at..(int)end], structure, RootDirectory);
            int length = entry.UInt16(8);
            if ((entry.UInt16(12) & 2) != 0)
                return null;
            if (length < 16)
                throw new MalformedStructureException(structure, RootDirectory, $"an entry of {length} bytes");
            if (entry.UInt16(10) >= 66 && entry.Byte(FileNameAt + 64) == FileName.Length
                && Encoding.Unicode.GetString(entry.Slice(FileNameAt + 66, FileName.Length * 2)).Equals(FileName, StringComparison.OrdinalIgnoreCase))
            {
                return (long)(entry.UInt64(0) & 0xFFFF_FFFF_FFFF);
            }

            at += length;
        }

        return null;
    }
}
