using System.Text;

namespace Sparsify.DiskImages.FileSystems.Ntfs;

/// <summary>One attribute of a file. Source: "NTFS Documentation", "Attribute header" and "Data runs".</summary>
internal sealed class NtfsAttribute(ReadOnlyMemory<byte> bytes, long record)
{
    private const int MostRuns = 1 << 20;

    public string Name => Encoding.Unicode.GetString(Reader.Slice(Reader.UInt16(10), Reader.Byte(9) * 2));

    public bool IsResident => Reader.Byte(8) == 0;

    /// <summary>The length of its content, bytes.</summary>
    public long Length => IsResident ? Reader.UInt32(16) : Reader.Int64(48);

    /// <summary>The content of a resident attribute.</summary>
    public ReadOnlySpan<byte> Content => Reader.Slice(Reader.UInt16(20), (int)Math.Min(Reader.UInt32(16), int.MaxValue));

    private StructureReader Reader => new(bytes.Span, "an NTFS attribute", record);

    /// <summary>Where the content of an attribute that is not resident lies.</summary>
    /// <param name="clusters">Clusters of the volume.</param>
    /// <exception cref="MalformedStructureException">A run lies outside the volume.</exception>
    public List<NtfsRun> Runs(long clusters)
    {
        var reader = Reader;
        if (IsResident || reader.UInt64(16) != 0)
            throw new MalformedStructureException("an NTFS attribute", record, "it is resident, or its beginning is kept in another record");
        var runs = new List<NtfsRun>();
        var (vcn, lcn) = (0L, 0L);
        for (int at = reader.UInt16(32); at < reader.Length && reader.Byte(at) != 0;)
        {
            var (lengthBytes, offsetBytes) = (reader.Byte(at) & 15, reader.Byte(at) >> 4);
            if (lengthBytes is 0 or > 8 || offsetBytes > 8 || runs.Count == MostRuns)
                throw new MalformedStructureException("NTFS data runs", record, $"a run with numbers of {lengthBytes} and {offsetBytes} bytes");
            var count = Number(reader.Slice(at + 1, lengthBytes));
            var delta = Number(reader.Slice(at + 1 + lengthBytes, offsetBytes));
            lcn += delta;
            if (count <= 0 || count > clusters || (offsetBytes > 0 && (lcn < 0 || lcn > clusters - count)))
                throw new MalformedStructureException("NTFS data runs", record, $"{count} clusters at {lcn} lie outside {clusters}");
            runs.Add(new NtfsRun(vcn, offsetBytes == 0 ? -1 : lcn, count));
            vcn += count;
            if (vcn > clusters)
                throw new MalformedStructureException("NTFS data runs", record, $"they hold more than the volume's {clusters} clusters");
            at += 1 + lengthBytes + offsetBytes;
        }

        return runs;
    }

    /// <summary>A signed number of some bytes.</summary>
    private static long Number(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length == 0)
            return 0;
        long value = (sbyte)bytes[^1];
        for (var i = bytes.Length - 2; i >= 0; i--)
            value = (value << 8) | bytes[i];
        return value;
    }
}
