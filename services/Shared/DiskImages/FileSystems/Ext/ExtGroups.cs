using System.Buffers;
using Sparsify.DiskImages.Devices;
using Sparsify.DiskImages.Images;

namespace Sparsify.DiskImages.FileSystems.Ext;

/// <summary>The block groups of one file system. Source: Linux <c>Documentation/filesystems/ext4/group_descr.rst</c>, <c>bitmaps.rst</c>.</summary>
internal sealed class ExtGroups(GuestDevice device, ExtSuperblock super)
{
    private const ushort BitmapNotWritten = 0x2;
    private const ushort InodesWritten = 0x4;
    private const int DescriptorBatch = 64 << 10;
    private const int BitmapBatch = 16;

    /// <summary>Groups whose bitmap does not match its checksum.</summary>
    public int Damaged { get; private set; }

    /// <summary>
    /// Bytes of inode tables that were never written. The kernel fills them with zeroes, group by group, in the background of
    /// the first mounts, and storage is taken for them. Source: <c>fs/ext4/super.c</c>, <c>ext4_lazyinit_thread</c>;
    /// <c>fs/ext4/ialloc.c</c>, <c>ext4_init_inode_table</c>.
    /// </summary>
    public long Unwritten { get; private set; }

    /// <summary>Counts what trimming all groups frees.</summary>
    /// <returns>Free clusters.</returns>
    public long Discard(DiscardTally tally)
    {
        var perBlock = super.BlockSize / super.DescriptorSize;
        var blocks = Math.Max(1, DescriptorBatch / super.BlockSize);
        var descriptors = ArrayPool<byte>.Shared.Rent(blocks * super.BlockSize);
        var bitmaps = ArrayPool<byte>.Shared.Rent(BitmapBatch * super.BlockSize);
        try
        {
            var free = 0L;
            var groups = super.GroupCount;
            var needed = (groups + perBlock - 1) / perBlock;
            for (var block = 0; block < needed;)
            {
                var count = 1;
                while (block + count < needed && count < blocks && super.DescriptorBlock(block + count) == super.DescriptorBlock(block) + count)
                    count++;
                var read = descriptors.AsSpan(0, count * super.BlockSize);
                device.Read(super.DescriptorBlock(block) * super.BlockSize, read, "the ext group descriptors");
                free += DiscardGroups(read, block * perBlock, Math.Min(groups, (block + count) * perBlock), bitmaps.AsSpan(0, BitmapBatch * super.BlockSize), tally);
                block += count;
            }

            return free;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bitmaps);
            ArrayPool<byte>.Shared.Return(descriptors);
        }
    }

    private long DiscardGroups(ReadOnlySpan<byte> descriptors, int first, int end, Span<byte> buffer, DiscardTally tally)
    {
        var free = 0L;
        var (batchStart, batchEnd) = (-1L, -1L);
        for (var group = first; group < end; group++)
        {
            var descriptor = Descriptor(descriptors, first, group);
            var freeHere = Count(descriptor, 12, 44);
            if (freeHere > super.ClustersOf(group))
                throw new MalformedStructureException("an ext group descriptor", group, $"group {group} has {freeHere} free of {super.ClustersOf(group)} clusters");
            free += freeHere;
            if (super.HasUninitialisedGroups && (descriptor.UInt16(18) & InodesWritten) == 0)
                Unwritten += UnwrittenInodes(descriptor);
            var start = super.FirstBlockOf(group) * super.BlockSize;
            // Where nothing is held nothing can come back, and the bitmap need not be read.
            if (freeHere == 0 || !device.HoldsAnything(start, (long)super.ClustersOf(group) * super.ClusterRatio * super.BlockSize))
                continue;
            if (super.HasUninitialisedGroups && (descriptor.UInt16(18) & BitmapNotWritten) != 0)
            {
                var fresh = buffer[..super.BlockSize];
                (batchStart, batchEnd) = (-1, -1);
                MakeBitmap(descriptor, group, fresh);
                DiscardRuns(fresh, group, tally);
                continue;
            }

            var place = BitmapBlock(descriptor);
            if (place < batchStart || place >= batchEnd)
            {
                // With flexible groups the bitmaps of neighbours lie side by side: one read for all.
                var ahead = 1;
                while (ahead < BitmapBatch && group + ahead < end && BitmapBlock(Descriptor(descriptors, first, group + ahead)) == place + ahead)
                    ahead++;
                device.Read(place * super.BlockSize, buffer[..(ahead * super.BlockSize)], "an ext block bitmap");
                (batchStart, batchEnd) = (place, place + ahead);
            }

            var bitmap = buffer.Slice((int)(place - batchStart) * super.BlockSize, super.BlockSize);
            if (super.HasMetadataChecksums && !Matches(descriptor, bitmap))
                Damaged++;
            else
                DiscardRuns(bitmap, group, tally);
        }

        return free;
    }

    private StructureReader Descriptor(ReadOnlySpan<byte> descriptors, int first, int group) =>
        new(descriptors.Slice((group - first) * super.DescriptorSize, super.DescriptorSize), "an ext group descriptor", group);

    /// <summary>Whole blocks of a group's inode table behind the last inode that was ever used, in bytes.</summary>
    private long UnwrittenInodes(StructureReader descriptor)
    {
        var bytes = Math.Min(Count(descriptor, 28, 50), super.InodesPerGroup) * super.InodeSize;
        return Math.Min(bytes, super.BlocksPerGroup * super.BlockSize) / super.BlockSize * super.BlockSize;
    }

    private long BitmapBlock(StructureReader descriptor) => Wide(descriptor, 0, 32);

    private long Count(StructureReader descriptor, int low, int high) => descriptor.UInt16(low) | (super.DescriptorSize >= 64 ? (long)descriptor.UInt16(high) << 16 : 0);

    private long Wide(StructureReader descriptor, int low, int high) => descriptor.UInt32(low) | (super.DescriptorSize >= 64 ? (long)descriptor.UInt32(high) << 32 & long.MaxValue : 0);

    private bool Matches(StructureReader descriptor, ReadOnlySpan<byte> bitmap)
    {
        var sum = Crc32C.Of(super.Seed, bitmap[..(super.ClustersPerGroup / 8)]);
        return (ushort)sum == descriptor.UInt16(24) && (super.DescriptorSize < 64 || (ushort)(sum >> 16) == descriptor.UInt16(56));
    }

    private void DiscardRuns(ReadOnlySpan<byte> bitmap, int group, DiscardTally tally)
    {
        var unit = (long)super.ClusterRatio * super.BlockSize;
        // ext4_trim_fs rounds the least length down to whole clusters, but never below one.
        var least = Math.Max(1, ApplianceDisk.Granularity / unit);
        var start = super.FirstBlockOf(group) * super.BlockSize;
        var runs = new FreeRuns(bitmap, super.ClustersOf(group));
        while (runs.Next())
        {
            if (runs.End - runs.Start >= least)
                device.Discard(start + (runs.Start * unit), (runs.End - runs.Start) * unit, tally);
        }
    }

    /// <summary>What the kernel takes as the bitmap of a group that has none yet. Source: <c>fs/ext4/balloc.c</c>, <c>ext4_init_block_bitmap</c>.</summary>
    private void MakeBitmap(StructureReader descriptor, int group, Span<byte> bitmap)
    {
        bitmap.Clear();
        var kept = Math.Min(super.BaseClusters(group), super.ClustersPerGroup);
        for (var i = 0; i < kept; i++)
            Set(bitmap, i);
        SetBlocks(bitmap, group, BitmapBlock(descriptor), 1);
        SetBlocks(bitmap, group, Wide(descriptor, 4, 36), 1);
        SetBlocks(bitmap, group, Wide(descriptor, 8, 40), ((super.InodesPerGroup * super.InodeSize) + super.BlockSize - 1) / super.BlockSize);
    }

    private void SetBlocks(Span<byte> bitmap, int group, long block, long count)
    {
        var first = super.FirstBlockOf(group);
        var end = Math.Min(block + count, first + super.BlocksPerGroup);
        for (var b = Math.Max(block, first); b < end; b++)
            Set(bitmap, (int)((b - first) / super.ClusterRatio));
    }

    private void Set(Span<byte> bitmap, int bit)
    {
        if (bit < super.ClustersPerGroup)
            bitmap[bit >> 3] |= (byte)(1 << (bit & 7));
    }
}
