using System.Buffers.Binary;
using Sparsify.DiskImages.Devices;

namespace Sparsify.DiskImages.FileSystems.Btrfs;

/// <summary>Goes through btrfs's trees. Source: btrfs documentation, "On-disk format", "Trees" (node, leaf, key pointer, item).</summary>
internal sealed class BtrfsTrees(GuestDevice device, BtrfsSuperblock super)
{
    public const byte RootItem = 132;
    public const byte ExtentItem = 168;
    public const byte MetadataItem = 169;
    public const byte FreeSpaceInfo = 198;
    public const byte FreeSpaceExtent = 199;
    public const byte FreeSpaceBitmap = 200;
    public const byte ChunkItem = 228;
    private const int NodeHeader = 101;
    private const int ItemSize = 25;
    private const int PointerSize = 33;
    private const int DeepestTree = 8;

    private readonly List<BtrfsChunk> _chunks = [];

    /// <summary>What is done with an item.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="data">Its content.</param>
    public delegate void ItemVisitor(BtrfsKey key, StructureReader data);

    /// <summary>All chunks, ascending.</summary>
    public IReadOnlyList<BtrfsChunk> Chunks => _chunks;

    /// <summary>Reads the chunks: those of the superblock first, which hold the tree of all.</summary>
    public void ReadChunks()
    {
        var array = super.Bytes.AsSpan(811, (int)super.SystemChunkBytes);
        while (array.Length >= BtrfsKey.Size)
        {
            var key = BtrfsKey.Read(array);
            if (key.Type != ChunkItem)
                throw new MalformedStructureException("the btrfs superblock", BtrfsSuperblock.Offset, $"an item of type {key.Type} among the system chunks");
            Add(key, new StructureReader(array[BtrfsKey.Size..], "a btrfs chunk", BtrfsSuperblock.Offset), out var size);
            array = array[(BtrfsKey.Size + size)..];
        }

        var all = new List<BtrfsChunk>();
        Walk(super.ChunkTree, (key, data) =>
        {
            if (key.Type == ChunkItem)
                all.Add(BtrfsChunk.Read(Address(key.ObjectId == 256 ? key.Offset : ulong.MaxValue), data, super.DeviceId, out _));
        });
        _chunks.Clear();
        foreach (var chunk in all)
        {
            if (_chunks.Count > 0 && chunk.Start < _chunks[^1].End)
                throw new MalformedStructureException("a btrfs chunk", chunk.Start, "it overlaps another");
            _chunks.Add(chunk);
        }
    }

    /// <summary>The root of a tree; null when there is no such tree.</summary>
    public (long Address, byte Level)? FindRoot(ulong tree)
    {
        (long, byte)? found = null;
        Walk(super.RootTree, (key, data) =>
        {
            if (key.ObjectId == tree && key.Type == RootItem)
                found = (data.Int64(176), data.Byte(238));
        });
        return found;
    }

    /// <summary>Visits all items of a tree in the order of their keys. Keys must ascend through the whole tree: no circle of nodes can keep that up.</summary>
    /// <exception cref="MalformedStructureException">A node is not what the one above says.</exception>
    public void Walk((long Address, byte Level) root, ItemVisitor visit)
    {
        if (root.Level >= DeepestTree)
            throw new MalformedStructureException("a btrfs tree", root.Address, $"it has {root.Level} levels");
        BtrfsKey? last = null;
        Walk(root.Address, root.Level, ref last, visit);
    }

    private void Walk(long address, int level, ref BtrfsKey? last, ItemVisitor visit)
    {
        var node = new byte[super.NodeSize];
        Read(address, node);
        var reader = new StructureReader(node, "a btrfs node", address);
        var count = reader.UInt32(96);
        var size = level == 0 ? ItemSize : PointerSize;
        if (reader.UInt64(48) != (ulong)address || reader.Byte(100) != level || count > (super.NodeSize - NodeHeader) / size || (count == 0 && last is not null))
            throw new MalformedStructureException("a btrfs node", address, $"address {reader.UInt64(48)}, level {reader.Byte(100)} in place of {level}, {count} items");
        for (var i = 0; i < count; i++)
        {
            var at = NodeHeader + (i * size);
            var key = BtrfsKey.Read(node.AsSpan(at));
            if (last is { } before && (level == 0 ? key.CompareTo(before) <= 0 : key.CompareTo(before) < 0))
                throw new MalformedStructureException("a btrfs node", address, $"item {i} is not in order");
            if (level > 0)
            {
                var seen = last;
                Walk(reader.Int64(at + BtrfsKey.Size), level - 1, ref last, visit);
                if (last == seen)
                    throw new MalformedStructureException("a btrfs node", address, $"what item {i} points to is empty");
                continue;
            }

            last = key;
            var (offset, length) = (BinaryPrimitives.ReadUInt32LittleEndian(node.AsSpan(at + 17)), BinaryPrimitives.ReadUInt32LittleEndian(node.AsSpan(at + 21)));
            if (offset > int.MaxValue || length > int.MaxValue)
                throw new MalformedStructureException("a btrfs item", address, $"{length} bytes at {offset}");
            visit(key, new StructureReader(reader.Slice(NodeHeader + (int)Math.Min(offset, super.NodeSize), (int)Math.Min(length, super.NodeSize)), "a btrfs item", address));
        }
    }

    /// <summary>Reads what lies at one of btrfs's own addresses.</summary>
    private void Read(long address, Span<byte> destination)
    {
        foreach (var chunk in _chunks)
        {
            if (address < chunk.Start || address >= chunk.End)
                continue;
            if (chunk.IsStriped || chunk.End - address < destination.Length)
                break;
            device.Read(chunk.Copies[0] + address - chunk.Start, destination, "a btrfs node");
            return;
        }

        throw new MalformedStructureException("a btrfs node", address, "its address belongs to no chunk on this device");
    }

    private void Add(BtrfsKey key, StructureReader item, out int size) => _chunks.Add(BtrfsChunk.Read(Address(key.Offset), item, super.DeviceId, out size));

    private static long Address(ulong value) => value <= long.MaxValue ? (long)value : throw new MalformedStructureException("a btrfs chunk", -1, $"address {value}");
}
