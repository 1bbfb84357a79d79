using System.Buffers.Binary;
using Sparsify.DiskImages.Files;

namespace Sparsify.DiskImages.Images.Qcow2;

/// <summary>
/// The L2 tables of an image, of which some are kept. Source: QEMU <c>docs/interop/qcow2.txt</c>, section "Cluster mapping".
/// </summary>
internal sealed class Qcow2Tables(ImageFile file, Qcow2Header header) : IDisposable
{
    private const int CacheBytes = 8 << 20;
    private readonly int _perTable = header.ClusterSize / (header.ExtendedL2 ? 16 : 8);
    private readonly long[] _l1 = ReadL1(file, header);
    private readonly Qcow2Table?[] _cache = new Qcow2Table?[Math.Clamp(CacheBytes / (header.ClusterSize * 2), 2, 64)];
    private readonly int[] _cached = new int[Math.Clamp(CacheBytes / (header.ClusterSize * 2), 2, 64)];
    private readonly Dictionary<long, int> _indexes = [];

    /// <summary>The table that maps a cluster of the disk; null when there is none. It holds until the next one is asked for.</summary>
    /// <exception cref="ImageFormatException">The L1 table places it outside the file, or twice.</exception>
    public Qcow2Table? Of(long cluster)
    {
        if (cluster / _perTable >= _l1.Length || _l1[cluster / _perTable] == 0)
            return null;
        var index = (int)(cluster / _perTable);
        var slot = index % _cache.Length;
        if (_cache[slot] is { } table && _cached[slot] == index)
            return table;
        var offset = _l1[index];
        if (offset % header.ClusterSize != 0 || offset >= file.Length)
            throw new ImageFormatException(file.Path, "the L1 table", header.L1Offset + (index * 8L), $"its entry {index} places an L2 table at {offset}, in a file of {file.Length} bytes");
        if (_indexes.TryGetValue(offset, out var other) && other != index)
            throw new ImageFormatException(file.Path, "the L1 table", header.L1Offset + (index * 8L), $"its entries {other} and {index} name the same L2 table at {offset}");
        _indexes[offset] = index;
        _cached[slot] = -1;
        var loaded = _cache[slot] ??= new Qcow2Table(header, file);
        loaded.Load(offset);
        _cached[slot] = index;
        return loaded;
    }

    private static long[] ReadL1(ImageFile file, Qcow2Header header)
    {
        var bytes = new byte[header.L1Entries * 8];
        file.Read(header.L1Offset, bytes);
        var entries = new long[header.L1Entries];
        for (var i = 0; i < entries.Length; i++)
            entries[i] = (long)(BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(i * 8)) & Qcow2Table.OffsetMask);
        return entries;
    }

    public void Dispose()
    {
        for (var i = 0; i < _cache.Length; i++)
        {
            _cache[i]?.Dispose();
            _cache[i] = null;
        }
    }
}
