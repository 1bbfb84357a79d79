using System.Buffers.Binary;
using System.IO.Compression;
using Sparsify.DiskImages.Files;

namespace Sparsify.DiskImages.Images.Qcow2;

/// <summary>
/// Clusters that do not lie in the file one by one: compressed ones, which share a cluster of the file with others, and
/// ones smaller than the storage's block. Source: QEMU <c>docs/interop/qcow2.txt</c>, sections "Cluster mapping"
/// (compressed clusters descriptor) and "Host cluster management".
/// </summary>
internal sealed class Qcow2Clusters(ImageFile file, Qcow2Header header)
{
    private readonly Dictionary<long, int> _freed = [];
    private long _decompressed = -1;
    private byte[]? _content;

    /// <summary>The guest's bytes of a compressed cluster.</summary>
    /// <exception cref="ImageFormatException">It cannot be decompressed.</exception>
    public byte[] Decompress(ulong entry, long guestOffset)
    {
        var (offset, length) = Place(entry);
        if (_decompressed == offset && _content is not null)
            return _content;
        if (header.Zstandard)
            throw new MalformedStructureException("a Zstandard-compressed cluster", guestOffset, "this reader knows deflate only");
        if (offset > file.Length)
            throw new ImageFormatException(file.Path, "a compressed cluster", offset, $"it lies outside the file's {file.Length} bytes");
        var packed = new byte[length];
        file.Read(offset, packed);
        var content = new byte[header.ClusterSize];
        try
        {
            using var inflate = new DeflateStream(new MemoryStream(packed), CompressionMode.Decompress);
            var read = inflate.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
            if (read < content.Length)
                throw new ImageFormatException(file.Path, "a compressed cluster", offset, $"it holds {read} bytes in place of {content.Length}");
        }
        catch (InvalidDataException e)
        {
            throw new ImageFormatException(file.Path, "a compressed cluster", offset, e.Message);
        }

        (_decompressed, _content) = (offset, content);
        return content;
    }

    /// <summary>
    /// What the compressed clusters among some free: a cluster of the file is free once all that is packed into it was discarded.
    /// </summary>
    public long FreedByCompressed(Qcow2Table table, int from, int to)
    {
        var freed = 0L;
        for (var i = from; i < to; i++)
        {
            if ((table[i] & Qcow2Table.Compressed) == 0)
                continue;
            var (offset, length) = Place(table[i]);
            for (var cluster = offset >> header.ClusterBits; cluster <= (offset + length - 1) >> header.ClusterBits; cluster++)
            {
                var times = _freed.GetValueOrDefault(cluster) + 1;
                _freed[cluster] = times;
                if ((ulong)times == RefcountOf(cluster))
                    freed += file.Extents.BytesIn(cluster << header.ClusterBits, (cluster + 1) << header.ClusterBits);
            }
        }

        return freed;
    }

    /// <summary>What clusters smaller than the storage's block free: whole blocks of neighbours only.</summary>
    public long FreedBySmall(Qcow2Table table, int from, int to)
    {
        long unit = file.BlockSize;
        var freed = 0L;
        for (var i = from; i < to;)
        {
            var host = (table[i] & Qcow2Table.Copied) != 0 ? table.HostOffset(i) : 0;
            var first = i++;
            if (host == 0)
                continue;
            while (i < to && (table[i] & Qcow2Table.Copied) != 0 && table.HostOffset(i) == host + ((long)(i - first) * header.ClusterSize))
                i++;
            var end = host + ((long)(i - first) * header.ClusterSize);
            freed += file.Extents.BytesIn((host + unit - 1) / unit * unit, end / unit * unit);
        }

        return freed;
    }

    private (long Offset, int Length) Place(ulong entry)
    {
        var shift = 62 - (header.ClusterBits - 8);
        var offset = (long)(entry & ((1UL << shift) - 1));
        var sectors = (int)((entry >> shift) & ((1UL << (header.ClusterBits - 8)) - 1)) + 1;
        return (offset, (sectors * 512) - (int)(offset & 511));
    }

    private ulong RefcountOf(long cluster)
    {
        var perBlock = header.ClusterSize * 8L / header.RefcountBits;
        var index = cluster / perBlock;
        if (index >= header.RefcountTableClusters * header.ClusterSize / 8)
            return 0;
        Span<byte> bytes = stackalloc byte[8];
        file.Read(header.RefcountTableOffset + (index * 8), bytes);
        var block = (long)(BinaryPrimitives.ReadUInt64BigEndian(bytes) & ~0x1FFUL & long.MaxValue);
        if (block == 0)
            return 0;
        var bit = cluster % perBlock * header.RefcountBits;
        file.Read(block + (bit / 8), bytes);
        return header.RefcountBits switch
        {
            64 => BinaryPrimitives.ReadUInt64BigEndian(bytes),
            32 => BinaryPrimitives.ReadUInt32BigEndian(bytes),
            16 => BinaryPrimitives.ReadUInt16BigEndian(bytes),
            // Smaller counts fill a byte from its lowest bit up.
            _ => ((ulong)bytes[0] >> (int)(bit % 8)) & ((1UL << header.RefcountBits) - 1),
        };
    }
}
