using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Sparsify.DiskImages.Files;

namespace Sparsify.DiskImages.Images.Qcow2;

/// <summary>
/// One L2 table: where the clusters of a stretch of the disk lie in the file. Source: QEMU <c>docs/interop/qcow2.txt</c>,
/// section "Cluster mapping".
/// </summary>
internal sealed class Qcow2Table : IDisposable
{
    public const ulong Copied = 1UL << 63;
    public const ulong Compressed = 1UL << 62;
    public const ulong Zero = 1;
    public const ulong OffsetMask = 0x00FF_FFFF_FFFF_FE00;
    private const int Sector = 512;

    private readonly Qcow2Header _header;
    private readonly ImageFile _file;
    private readonly ulong[] _entries;
    private readonly int _stride;
    private readonly int[] _owned;
    private int[]? _shared;
    private bool _isSummed;
    private bool _hasShared;

    /// <param name="header">Of the image.</param>
    /// <param name="file">The image's file.</param>
    public Qcow2Table(Qcow2Header header, ImageFile file)
    {
        (_header, _file) = (header, file);
        _stride = header.ExtendedL2 ? 2 : 1;
        Count = header.ClusterSize / 8 / _stride;
        // Large and short-lived: fresh memory for each image would cost more than filling it.
        _entries = ArrayPool<ulong>.Shared.Rent(header.ClusterSize / 8);
        _owned = ArrayPool<int>.Shared.Rent(Count + 1);
    }

    private Span<ulong> Entries => _entries.AsSpan(0, _header.ClusterSize / 8);

    /// <summary>Clusters that one table maps.</summary>
    public int Count { get; }

    /// <summary>Some clusters are compressed: what they free depends on their neighbours in the file.</summary>
    public bool HasCompressed { get; private set; }

    /// <summary>Reads the table at a place in the file; what was known of another one is forgotten.</summary>
    public void Load(long offset)
    {
        (_isSummed, _hasShared, HasCompressed) = (false, false, false);
        if (_file.Extents.ReadsAsZeros(offset, offset + _header.ClusterSize))
        {
            Entries.Clear();
            return;
        }

        _file.Read(offset, MemoryMarshal.AsBytes(Entries));
        BinaryPrimitives.ReverseEndianness(Entries, Entries);
    }

    public ulong this[int cluster] => _entries[cluster * _stride];

    /// <summary>Bits 0–31: parts with data of their own; bits 32–63: parts that are zeroes. Only with extended L2 entries.</summary>
    public ulong SubclustersOf(int cluster) => _entries[(cluster * _stride) + 1];

    /// <summary>Where the cluster's data lies in the file; 0 when it has no place there or is compressed.</summary>
    public long HostOffset(int cluster) => (this[cluster] & Compressed) != 0 ? 0 : (long)(this[cluster] & OffsetMask);

    public void Dispose()
    {
        ArrayPool<ulong>.Shared.Return(_entries);
        ArrayPool<int>.Shared.Return(_owned);
    }

    /// <summary>Bytes that the storage holds for clusters that nothing else refers to.</summary>
    public long OwnedIn(int from, int to)
    {
        Sum();
        return (long)(_owned[to] - _owned[from]) * Sector;
    }

    /// <summary>Bytes that the storage holds for clusters that internal snapshots refer to as well.</summary>
    public long SharedIn(int from, int to)
    {
        Sum();
        return _hasShared ? (long)(_shared![to] - _shared[from]) * Sector : 0;
    }

    /// <summary>The clusters that are compressed, counted with their full size: an upper bound of what they hold.</summary>
    public long CompressedIn(int from, int to)
    {
        Sum();
        var count = 0L;
        for (var i = HasCompressed ? from : to; i < to; i++)
            count += (this[i] & Compressed) != 0 ? 1 : 0;
        return count * _header.ClusterSize;
    }

    /// <summary>Sums from the table's start on, in sectors: at most 2^18 clusters of 2^12 sectors, which an int holds.</summary>
    private void Sum()
    {
        if (_isSummed)
            return;
        _isSummed = true;
        var extents = _file.Extents;
        var count = Count;
        var owned = _owned;
        owned[0] = 0;
        int[]? shared = null;
        var size = _header.ClusterSize;
        var i = 0;
        while (i < count)
        {
            var entry = this[i];
            if (entry == 0)
            {
                var end = EndOfZeros(i);
                owned.AsSpan(i + 1, end - i).Fill(owned[i]);
                shared?.AsSpan(i + 1, end - i).Fill(shared[i]);
                i = end;
                continue;
            }

            if ((entry & Compressed) != 0)
                HasCompressed = true;
            // Neighbours in the disk that are neighbours in the file as well are looked up as one.
            var (first, host, isCopied) = (i, HostOffset(i), (entry & Copied) != 0);
            do
                i++;
            while (host != 0 && i < count && HostOffset(i) == host + ((long)(i - first) * size) && (this[i] & Copied) != 0 == isCopied);
            if (host != 0 && !isCopied && shared is null)
            {
                shared = _shared ??= new int[count + 1];
                shared.AsSpan(0, first + 1).Clear();
                _hasShared = true;
            }

            var whole = host != 0 && extents.BytesIn(host, host + ((long)(i - first) * size)) == (long)(i - first) * size;
            for (var c = first; c < i; c++)
            {
                var at = host + ((long)(c - first) * size);
                var sectors = host == 0 ? 0 : whole ? size / Sector : (int)(extents.BytesIn(at, at + size) / Sector);
                owned[c + 1] = owned[c] + (isCopied ? sectors : 0);
                if (shared is not null)
                    shared[c + 1] = shared[c] + (isCopied ? 0 : sectors);
            }
        }
    }

    private int EndOfZeros(int cluster)
    {
        if (_stride == 1)
        {
            var length = Entries[cluster..].IndexOfAnyExcept(0UL);
            return length < 0 ? Count : cluster + length;
        }

        while (cluster < Count && this[cluster] == 0)
            cluster++;
        return cluster;
    }
}
