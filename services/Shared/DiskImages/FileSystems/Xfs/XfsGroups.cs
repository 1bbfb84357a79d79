using System.Buffers;
using System.Buffers.Binary;
using Sparsify.DiskImages.Devices;
using Sparsify.DiskImages.Images;

namespace Sparsify.DiskImages.FileSystems.Xfs;

/// <summary>The allocation groups of one file system, and in each the tree of free extents by block number. Source: "XFS Algorithms &amp; Data Structures", sections "AG Free Space Management" and "AG Free Space B+trees".</summary>
internal sealed class XfsGroups(GuestDevice device, XfsSuperblock super)
{
    private const uint GroupMagic = 0x58414746; // XAGF
    private const uint TreeMagic4 = 0x41425442; // ABTB
    private const uint TreeMagic5 = 0x41423342; // AB3B
    private const uint NoSibling = 0xFFFF_FFFF;
    private const int DeepestTree = 9;
    private const int ReadAhead = 16;

    private readonly int _headerSize = super.Version == 5 ? 56 : 16;
    private byte[] _block = [];
    private long _batch = -1;
    private int _batchBlocks;

    /// <summary>Counts what trimming all groups frees.</summary>
    /// <returns>Free blocks.</returns>
    public long Discard(DiscardTally tally)
    {
        _block = ArrayPool<byte>.Shared.Rent(ReadAhead * super.BlockSize);
        try
        {
            var free = 0L;
            for (var group = 0L; group < super.GroupCount; group++)
                free += DiscardGroup(group, tally);
            return free;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(_block);
        }
    }

    private long DiscardGroup(long group, DiscardTally tally)
    {
        Span<byte> bytes = stackalloc byte[512];
        var place = (group * super.GroupBlocks * super.BlockSize) + super.SectorSize;
        device.Read(place, bytes, "an XFS group header");
        var header = new StructureReader(bytes, "an XFS group header (AGF)", place);
        var length = header.UInt32Big(12);
        var levels = header.UInt32Big(28);
        var expected = Math.Min(super.GroupBlocks, super.BlockCount - (group * super.GroupBlocks));
        if (header.UInt32Big(0) != GroupMagic || header.UInt32Big(8) != group || length != expected || levels is 0 or > DeepestTree)
            throw new MalformedStructureException("an XFS group header (AGF)", place, $"magic {header.UInt32Big(0):x}, number {header.UInt32Big(8)}, {length} blocks in place of {expected}, {levels} levels");
        // Blocks kept back for the trees' own growth are free, and are not trimmed.
        var free = (long)header.UInt32Big(52) + header.UInt32Big(48);
        if (device.HoldsAnything(group * super.GroupBlocks * super.BlockSize, length * (long)super.BlockSize))
            DiscardTree(group, header.UInt32Big(16), (int)levels - 1, length, tally);
        return free;
    }

    private void DiscardTree(long group, uint root, int level, uint length, DiscardTally tally)
    {
        var at = root;
        for (; level > 0; level--)
            at = FirstChild(group, at, level, length);
        // Extents lie in ascending order over all leaves, so that no circle of leaves goes unnoticed.
        var after = 0L;
        while (at != NoSibling)
        {
            var leaf = Node(group, at, 0, length, out var count);
            var start = group * super.GroupBlocks;
            for (var i = 0; i < count; i++)
            {
                var record = leaf.Slice(_headerSize + (i * 8), 8);
                long first = BinaryPrimitives.ReadUInt32BigEndian(record);
                long blocks = BinaryPrimitives.ReadUInt32BigEndian(record[4..]);
                if (first < after || blocks == 0 || first + blocks > length)
                    throw Malformed(group, at, $"its extent {i}, {blocks} blocks at {first}, overlaps another or lies outside {length} blocks");
                after = first + blocks;
                if (blocks * super.BlockSize >= ApplianceDisk.Granularity)
                    device.Discard((start + first) * super.BlockSize, blocks * super.BlockSize, tally);
            }

            var next = BinaryPrimitives.ReadUInt32BigEndian(leaf[12..]);
            if (count == 0 && next != NoSibling)
                throw Malformed(group, at, "it is empty and not the last");
            at = next;
        }
    }

    private uint FirstChild(long group, uint at, int level, uint length)
    {
        var node = Node(group, at, level, length, out var count);
        if (count == 0)
            throw Malformed(group, at, "a node without children");
        var most = (super.BlockSize - _headerSize) / 12;
        return BinaryPrimitives.ReadUInt32BigEndian(node[(_headerSize + (most * 8))..]);
    }

    private ReadOnlySpan<byte> Node(long group, uint at, int level, uint length, out int count)
    {
        if (at >= length)
            throw Malformed(group, at, $"it lies outside {length} blocks");
        var block = (group * super.GroupBlocks) + at;
        if (_batch < 0 || block < _batch || block >= _batch + _batchBlocks)
        {
            // Leaves of a tree mostly follow each other.
            var ahead = level == 0 && block == _batch + _batchBlocks ? (int)Math.Min(ReadAhead, length - at) : 1;
            device.Read(block * super.BlockSize, _block.AsSpan(0, ahead * super.BlockSize), "an XFS free space tree");
            (_batch, _batchBlocks) = (block, ahead);
        }

        var node = _block.AsSpan((int)(block - _batch) * super.BlockSize, super.BlockSize);
        var magic = BinaryPrimitives.ReadUInt32BigEndian(node);
        var found = BinaryPrimitives.ReadUInt16BigEndian(node[4..]);
        count = BinaryPrimitives.ReadUInt16BigEndian(node[6..]);
        var size = level == 0 ? 8 : 12;
        if (magic != (super.Version == 5 ? TreeMagic5 : TreeMagic4) || found != level || count > (super.BlockSize - _headerSize) / size)
            throw Malformed(group, at, $"magic {magic:x}, level {found} in place of {level}, {count} entries");
        return node;
    }

    private MalformedStructureException Malformed(long group, uint at, string reason) =>
        new("an XFS free space tree", ((group * super.GroupBlocks) + at) * super.BlockSize, reason);
}
