using Sparsify.DiskImages.Files;

namespace Sparsify.DiskImages.Images.Qcow2;

/// <summary>A qcow2 image over the images below it.</summary>
internal sealed class Qcow2Image : DiskImage
{
    private readonly ImageFile _file;
    private readonly Qcow2Header _header;
    private readonly DiskImage? _below;
    private readonly Qcow2Tables _tables;
    private readonly Qcow2Clusters _clusters;
    private readonly int _perTable;

    /// <param name="file">The image's file; disposed of with the image.</param>
    /// <param name="header">Its header.</param>
    /// <param name="below">The image below; disposed of with the image.</param>
    public Qcow2Image(ImageFile file, Qcow2Header header, DiskImage? below)
    {
        (_file, _header, _below) = (file, header, below);
        _perTable = header.ClusterSize / (header.ExtendedL2 ? 16 : 8);
        _tables = new Qcow2Tables(file, header);
        _clusters = new Qcow2Clusters(file, header);
    }

    public override long VirtualSize => _header.VirtualSize;

    public override long AllocatedBytes => _file.AllocatedBytes;

    public override int Granularity => _header.ClusterSize;

    public override void Read(long offset, Span<byte> destination)
    {
        while (destination.Length > 0 && offset < VirtualSize)
        {
            var cluster = offset >> _header.ClusterBits;
            var inCluster = (int)(offset & (_header.ClusterSize - 1));
            var length = Math.Min(destination.Length, _header.ClusterSize - inCluster);
            if (_tables.Of(cluster) is not { } table)
                ReadBelow(offset, destination[..length]);
            else
                length = ReadFrom(table, (int)(cluster % _perTable), offset, inCluster, destination);
            offset += length;
            destination = destination[length..];
        }

        destination.Clear();
    }

    public override void CountDiscard(long start, long end, DiscardTally tally)
    {
        // Version 2 has no mark for zeroes: over a lower image a discard would bring its data back, and QEMU refuses it.
        if (_below is not null && _header.Version < 3)
            return;
        for (var at = FirstStretch(start, end); at.Count > 0; at = NextStretch(at, end))
        {
            if (_tables.Of(at.Cluster) is not { } table)
                continue;
            var (from, to) = (at.Index, at.Index + at.Count);
            tally.Reclaim(_header.ClusterSize < _file.BlockSize ? _clusters.FreedBySmall(table, from, to) : table.OwnedIn(from, to));
            tally.Hold(table.SharedIn(from, to));
            if (table.HasCompressed)
                tally.Reclaim(_clusters.FreedByCompressed(table, from, to));
        }
    }

    public override long HeldBelow(long start, long end) => _below?.HeldIn(start, end) ?? 0;

    public override long HeldIn(long start, long end)
    {
        var (from, to) = Inward(start, end);
        return OwnBytesIn(from, to) + HeldBelow(start, end);
    }

    public override long OwnBytesIn(long start, long end)
    {
        var bytes = 0L;
        for (var at = FirstStretch(start, end); at.Count > 0; at = NextStretch(at, end))
        {
            if (_tables.Of(at.Cluster) is { } table)
                bytes += table.OwnedIn(at.Index, at.Index + at.Count) + table.SharedIn(at.Index, at.Index + at.Count) + table.CompressedIn(at.Index, at.Index + at.Count);
        }

        return bytes;
    }

    public override bool ReadsAsZeros(long start, long end)
    {
        end = Math.Min(end, VirtualSize);
        for (var cluster = start >> _header.ClusterBits; cluster << _header.ClusterBits < end; cluster++)
        {
            if (_tables.Of(cluster) is not { } table)
            {
                var next = ((cluster / _perTable) + 1) * _perTable;
                if (_below is not null && !_below.ReadsAsZeros(cluster << _header.ClusterBits, Math.Min(end, next << _header.ClusterBits)))
                    return false;
                cluster = next - 1;
            }
            else if (!IsZero(table, (int)(cluster % _perTable), cluster << _header.ClusterBits))
            {
                return false;
            }
        }

        return true;
    }

    public override void Dispose()
    {
        _tables.Dispose();

        _file.Dispose();
        _below?.Dispose();
    }

    private bool IsZero(Qcow2Table table, int index, long offset)
    {
        var entry = table[index];
        if (_header.ExtendedL2)
            return (table.SubclustersOf(index) >> 32) == uint.MaxValue || (entry == 0 && table.SubclustersOf(index) == 0 && BelowIsZero(offset));
        return (entry & Qcow2Table.Compressed) == 0 && (((entry & Qcow2Table.Zero) != 0 && _header.Version > 2) || ((entry & Qcow2Table.OffsetMask) == 0 && BelowIsZero(offset)));
    }

    private bool BelowIsZero(long offset) => _below?.ReadsAsZeros(offset, offset + _header.ClusterSize) ?? true;

    /// <returns>Bytes read: to the cluster's end at most, or further where the file goes on alike.</returns>
    private int ReadFrom(Qcow2Table table, int index, long offset, int inCluster, Span<byte> destination)
    {
        var length = Math.Min(destination.Length, _header.ClusterSize - inCluster);
        var entry = table[index];
        if ((entry & Qcow2Table.Compressed) != 0)
        {
            _clusters.Decompress(entry, offset - inCluster).AsSpan(inCluster, length).CopyTo(destination);
            return length;
        }

        if (_header.ExtendedL2)
            return ReadSubcluster(table, index, offset, inCluster, destination[..length]);
        var host = table.HostOffset(index);
        if ((entry & Qcow2Table.Zero) != 0 && _header.Version > 2)
        {
            destination[..length].Clear();
        }
        else if (host == 0)
        {
            ReadBelow(offset, destination[..length]);
        }
        else
        {
            while (length < destination.Length && index + 1 < table.Count && table.HostOffset(index + 1) == table.HostOffset(index) + _header.ClusterSize && (table[index + 1] & Qcow2Table.Zero) == 0)
            {
                length = Math.Min(destination.Length, length + _header.ClusterSize);
                index++;
            }

            _file.Read(host + inCluster, destination[..length]);
        }

        return length;
    }

    private int ReadSubcluster(Qcow2Table table, int index, long offset, int inCluster, Span<byte> destination)
    {
        var size = _header.ClusterSize / 32;
        var number = inCluster / size;
        var length = Math.Min(destination.Length, size - (inCluster % size));
        var bits = table.SubclustersOf(index);
        if ((bits >> (32 + number) & 1) != 0)
            destination[..length].Clear();
        else if ((bits >> number & 1) == 0)
            ReadBelow(offset, destination[..length]);
        else
            _file.Read(table.HostOffset(index) + inCluster, destination[..length]);
        return length;
    }

    private void ReadBelow(long offset, Span<byte> destination)
    {
        if (_below is null)
            destination.Clear();
        else
            _below.Read(offset, destination);
    }

    /// <summary>The clusters of a range that one table maps.</summary>
    private Stretch FirstStretch(long start, long end) => StretchAt(start >> _header.ClusterBits, end);

    private Stretch NextStretch(Stretch before, long end) => StretchAt(before.Cluster + before.Count, end);

    /// <remarks>An image above may be larger than this one.</remarks>
    private Stretch StretchAt(long cluster, long end)
    {
        var last = (Math.Min(end, VirtualSize) + _header.ClusterSize - 1) >> _header.ClusterBits;
        var index = (int)(cluster % _perTable);
        return new Stretch(cluster, index, (int)Math.Clamp(last - cluster, 0, _perTable - index));
    }

    /// <param name="Cluster">The first cluster's number on the disk.</param>
    /// <param name="Index">Its number in its table.</param>
    /// <param name="Count">Clusters.</param>
    private readonly record struct Stretch(long Cluster, int Index, int Count);
}
