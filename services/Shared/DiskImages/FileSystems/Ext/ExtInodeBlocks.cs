using System.Buffers.Binary;
using Sparsify.DiskImages.Devices;

namespace Sparsify.DiskImages.FileSystems.Ext;

/// <summary>
/// Where the blocks of an inode in the first block group lie. Source: Linux <c>Documentation/filesystems/ext4/ifork.rst</c>
/// (extent tree, direct and indirect addressing).
/// </summary>
internal sealed class ExtInodeBlocks
{
    private const uint ExtentsFlag = 0x80000;
    private const ushort ExtentMagic = 0xF30A;
    private const int DeepestTree = 5;
    private const int DirectBlocks = 12;
    private const int MostBlocks = 1 << 22;
    private readonly GuestDevice _device;
    private readonly ExtSuperblock _super;
    private readonly List<(long Logical, long Physical, long Count)> _runs = [];
    private long _total;

    public ExtInodeBlocks(GuestDevice device, ExtSuperblock super, uint inode)
    {
        (_device, _super) = (device, super);
        if (inode == 0 || inode > super.InodesPerGroup || super.InodeSize is < 128 or > 4096)
            throw new MalformedStructureException("the ext journal's inode", inode, $"number {inode}, size {super.InodeSize}");
        var descriptor = new StructureReader(device.Read(super.DescriptorBlock(0) * super.BlockSize, super.DescriptorSize, "an ext group descriptor"), "an ext group descriptor", 0);
        var table = descriptor.UInt32(8) | (super.DescriptorSize >= 64 ? (long)descriptor.UInt32(40) << 32 : 0);
        var at = (table * super.BlockSize) + ((inode - 1L) * super.InodeSize);
        var raw = device.Read(at, 128, "an ext inode");
        var map = raw.AsSpan(40, 60);
        if ((BinaryPrimitives.ReadUInt32LittleEndian(raw.AsSpan(32)) & ExtentsFlag) != 0)
            ReadExtents(map, DeepestTree, at);
        else
            ReadBlockMap(map);
    }

    /// <summary>Blocks of the inode, counted to the end of what is mapped.</summary>
    public long Count => _runs.Count == 0 ? 0 : _runs[^1].Logical + _runs[^1].Count;

    /// <summary>The block's number on the file system; null when there is none.</summary>
    public long? Find(long logical)
    {
        foreach (var (start, physical, count) in _runs)
        {
            if (logical >= start && logical < start + count)
                return physical + logical - start;
        }

        return null;
    }

    private void ReadExtents(ReadOnlySpan<byte> node, int depthLimit, long place)
    {
        var header = new StructureReader(node, "an ext extent node", place);
        var (count, depth) = (header.UInt16(2), header.UInt16(6));
        if (header.UInt16(0) != ExtentMagic || depth > depthLimit || count > (node.Length - 12) / 12)
            throw new MalformedStructureException("an ext extent node", place, $"magic {header.UInt16(0):x}, {count} entries, depth {depth}");
        for (var i = 0; i < count; i++)
        {
            var entry = 12 + (i * 12);
            if (depth == 0)
            {
                var length = header.UInt16(entry + 4);
                Add(header.UInt32(entry), header.UInt32(entry + 8) | ((long)header.UInt16(entry + 6) << 32), length > 32768 ? length - 32768 : length);
            }
            else
            {
                var block = header.UInt32(entry + 4) | ((long)header.UInt16(entry + 8) << 32);
                ReadExtents(_device.Read(block * _super.BlockSize, _super.BlockSize, "an ext extent node"), depth - 1, block * _super.BlockSize);
            }
        }
    }

    private void ReadBlockMap(ReadOnlySpan<byte> map)
    {
        var logical = 0L;
        for (var i = 0; i < DirectBlocks + 3; i++)
            logical = ReadPointer(BinaryPrimitives.ReadUInt32LittleEndian(map[(i * 4)..]), Math.Max(0, i - DirectBlocks + 1), logical);
    }

    private long ReadPointer(uint block, int level, long logical)
    {
        var perBlock = _super.BlockSize / 4;
        if (level == 0)
        {
            if (block != 0)
                Add(logical, block, 1);
            return logical + 1;
        }

        if (block == 0)
            return logical + (long)Math.Pow(perBlock, level);
        var pointers = _device.Read(block * (long)_super.BlockSize, _super.BlockSize, "an ext indirect block");
        for (var i = 0; i < perBlock; i++)
            logical = ReadPointer(BinaryPrimitives.ReadUInt32LittleEndian(pointers.AsSpan(i * 4)), level - 1, logical);
        return logical;
    }

    private void Add(long logical, long physical, long count)
    {
        if ((_total += count) > MostBlocks || logical < Count)
            throw new MalformedStructureException("the ext journal's inode", 0, $"its blocks go up and down, or are more than {MostBlocks}");
        if (_runs.Count > 0 && Count == logical && _runs[^1].Physical + _runs[^1].Count == physical)
            _runs[^1] = _runs[^1] with { Count = _runs[^1].Count + count };
        else
            _runs.Add((logical, physical, count));
    }
}
