using System.Buffers.Binary;

namespace Sparsify.DiskImages.FileSystems.Btrfs;

/// <summary>The key of an item: by it all items of a tree are ordered. Source: btrfs documentation, "On-disk format", "Key".</summary>
internal readonly record struct BtrfsKey(ulong ObjectId, byte Type, ulong Offset) : IComparable<BtrfsKey>
{
    public const int Size = 17;

    public static BtrfsKey Read(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt64LittleEndian(bytes), bytes[8], BinaryPrimitives.ReadUInt64LittleEndian(bytes[9..]));

    public int CompareTo(BtrfsKey other)
    {
        var order = ObjectId.CompareTo(other.ObjectId);
        if (order == 0)
            order = Type.CompareTo(other.Type);
        return order == 0 ? Offset.CompareTo(other.Offset) : order;
    }
}
