using Sparsify.DiskImages.Devices;
using Sparsify.DiskImages.Images;

namespace Sparsify.DiskImages.FileSystems.Btrfs;

/// <summary>The free space of one file system: from its free space tree where it is valid, else from what its extents leave over.</summary>
internal sealed class BtrfsFreeSpace(GuestDevice device, BtrfsSuperblock super, BtrfsTrees trees, DiscardTally tally)
{
    private const ulong ExtentTree = 2;
    private const ulong FreeSpaceTree = 10;
    private const long Reserved = 1 << 20;
    private const long SuperblockUnit = 64 << 10;

    /// <summary>Copies of the superblock, bytes on the device.</summary>
    private static readonly long[] Superblocks = [64L << 10, 64L << 20, 256L << 30];

    private BtrfsChunk? _chunk;
    private int _index = -1;
    private long _after;

    /// <summary>Free bytes on the device.</summary>
    public long Free { get; private set; }

    public void Discard()
    {
        if (super.HasFreeSpaceTree && trees.FindRoot(FreeSpaceTree) is { } tree)
            trees.Walk(tree, SeeFreeSpace);
        else if (trees.FindRoot(ExtentTree) is { } extents)
            DiscardBetween(extents);
        else
            throw new MalformedStructureException("the btrfs root tree", super.RootTree.Address, "it names no extent tree");
        DiscardUnallocated();
    }

    private void SeeFreeSpace(BtrfsKey key, StructureReader data)
    {
        if (key.Type == BtrfsTrees.FreeSpaceInfo)
        {
            EnterGroup((long)key.ObjectId);
        }
        else if (_chunk is null)
        {
            return;
        }
        else if (key.Type == BtrfsTrees.FreeSpaceExtent)
        {
            DiscardExtent((long)key.ObjectId, (long)key.Offset);
        }
        else if (key.Type == BtrfsTrees.FreeSpaceBitmap)
        {
            var bits = (long)(key.Offset / super.SectorSize);
            if (bits > data.Length * 8L)
                throw new MalformedStructureException("a btrfs free space bitmap", (long)key.ObjectId, $"{data.Length} bytes for {bits} sectors");
            // A one is free here, so that the runs of zeroes are those of the complement.
            var used = data.Slice(0, (int)((bits + 7) / 8)).ToArray();
            for (var i = 0; i < used.Length; i++)
                used[i] = (byte)~used[i];
            var runs = new FreeRuns(used, (int)bits);
            while (runs.Next())
                DiscardExtent((long)key.ObjectId + (runs.Start * (long)super.SectorSize), (runs.End - runs.Start) * (long)super.SectorSize);
        }
    }

    /// <summary>What lies between the extents of the extent tree.</summary>
    private void DiscardBetween((long, byte) tree)
    {
        trees.Walk(tree, (key, _) =>
        {
            if (key.Type is not (BtrfsTrees.ExtentItem or BtrfsTrees.MetadataItem))
                return;
            var start = (long)key.ObjectId;
            var length = key.Type == BtrfsTrees.ExtentItem ? (long)key.Offset : super.NodeSize;
            if (start < 0 || length <= 0 || start > long.MaxValue - length)
                throw new MalformedStructureException("a btrfs extent", start, $"{length} bytes");
            while (_chunk is null || start >= _chunk.End)
            {
                EndGroup();
                if (++_index >= trees.Chunks.Count)
                    throw new MalformedStructureException("a btrfs extent", start, "it belongs to no chunk");
                (_chunk, _after) = (trees.Chunks[_index], trees.Chunks[_index].Start);
            }

            if (start > _after)
                DiscardExtent(_after, start - _after);
            _after = Math.Max(_after, start + length);
        });
        for (EndGroup(); ++_index < trees.Chunks.Count; EndGroup())
            (_chunk, _after) = (trees.Chunks[_index], trees.Chunks[_index].Start);
    }

    private void EndGroup()
    {
        if (_chunk is not null && _after < _chunk.End)
            DiscardExtent(_after, _chunk.End - _after);
        _chunk = null;
    }

    /// <summary>Groups without a chunk are left over from mkfs; there is nothing of them on the device.</summary>
    private void EnterGroup(long start)
    {
        while (_index + 1 < trees.Chunks.Count && trees.Chunks[_index + 1].Start <= start)
            _index++;
        _chunk = _index >= 0 && trees.Chunks[_index].Start == start ? trees.Chunks[_index] : null;
    }

    private void DiscardExtent(long start, long length)
    {
        if (_chunk is null || start < _chunk.Start || length > _chunk.End - start)
            throw new MalformedStructureException("a btrfs free extent", start, $"{length} bytes lie outside their block group");
        // Where a copy of the superblock lies in a group, the unit around it is never used.
        var end = start + length;
        foreach (var copy in _chunk.Copies)
        {
            foreach (var place in Superblocks)
            {
                if (place + SuperblockUnit <= copy || place >= copy + _chunk.Length)
                    continue;
                var reserved = _chunk.Start + ((place - copy) / SuperblockUnit * SuperblockUnit);
                if (reserved >= end || reserved + SuperblockUnit <= start)
                    continue;
                if (reserved > start)
                    Trim(start, reserved - start);
                start = Math.Min(end, reserved + SuperblockUnit);
            }
        }

        if (end > start)
            Trim(start, end - start);
    }

    private void Trim(long start, long length)
    {
        foreach (var copy in _chunk!.Copies)
        {
            Free += length;
            if (length >= ApplianceDisk.Granularity)
                device.Discard(copy + start - _chunk.Start, length, tally);
        }
    }

    /// <summary>What no chunk takes. The first mebibyte is never touched.</summary>
    private void DiscardUnallocated()
    {
        var after = Reserved;
        foreach (var (start, length) in trees.Chunks.SelectMany(c => c.Copies.Select(copy => (copy, c.Length))).OrderBy(c => c.copy))
        {
            if (start > after)
                DiscardGap(after, start);
            after = Math.Max(after, start + length);
        }

        DiscardGap(after, super.DeviceBytes);
    }

    private void DiscardGap(long start, long end)
    {
        foreach (var place in Superblocks)
        {
            if (place < start || place >= end)
                continue;
            DiscardGap(start, place);
            start = place + BtrfsSuperblock.Size;
        }

        if (end <= start)
            return;
        Free += end - start;
        if (end - start >= ApplianceDisk.Granularity)
            device.Discard(start, end - start, tally);
    }
}
