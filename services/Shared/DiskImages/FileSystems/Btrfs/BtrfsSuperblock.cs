using System.Text;
using Sparsify.DiskImages.Devices;

namespace Sparsify.DiskImages.FileSystems.Btrfs;

/// <summary>The superblock of btrfs. Source: btrfs documentation, "On-disk format", "Superblock".</summary>
internal sealed class BtrfsSuperblock
{
    public const long Offset = 64 << 10;
    public const int Size = 4096;
    private const ulong FreeSpaceTree = 0x3;
    private const ulong ExtentTree2 = 1 << 13;
    private const ulong RaidStripeTree = 1 << 14;
    private const ulong SimpleQuota = 1 << 16;
    private const ulong Zoned = 1 << 12;
    private const ulong KnownIncompatible = 0x7FFF | SimpleQuota;

    private BtrfsSuperblock(StructureReader super, byte[] bytes)
    {
        (Bytes, SectorSize, NodeSize) = (bytes, super.UInt32(144), (int)Math.Min(super.UInt32(148), int.MaxValue));
        if (NodeSize is < 4096 or > 65536 || !int.IsPow2(NodeSize) || SectorSize is < 512 or > 65536 || !uint.IsPow2(SectorSize) || SectorSize > NodeSize)
            throw new MalformedStructureException("the btrfs superblock", Offset, $"nodes of {NodeSize}, sectors of {SectorSize} bytes");
        TotalBytes = super.Int64(112);
        BytesUsed = super.Int64(120);
        RootTree = (super.Int64(80), super.Byte(198));
        ChunkTree = (super.Int64(88), super.Byte(199));
        LogTree = super.Int64(96);
        Devices = super.UInt64(136);
        DeviceId = super.UInt64(201);
        DeviceBytes = super.Int64(209);
        SystemChunkBytes = super.UInt32(160);
        Incompatible = super.UInt64(188);
        HasFreeSpaceTree = (super.UInt64(180) & FreeSpaceTree) == FreeSpaceTree;
        IsSeed = (super.UInt64(56) & (1UL << 32)) != 0;
        Label = super.Label(299, 256, Encoding.UTF8);
        if (SystemChunkBytes > 2048)
            throw new MalformedStructureException("the btrfs superblock", Offset, $"{SystemChunkBytes} bytes of system chunks");
    }

    public byte[] Bytes { get; }

    public uint SectorSize { get; }

    public int NodeSize { get; }

    public long TotalBytes { get; }

    public long BytesUsed { get; }

    public (long Address, byte Level) RootTree { get; }

    public (long Address, byte Level) ChunkTree { get; }

    /// <summary>Not 0 when the next mount has changes to replay.</summary>
    public long LogTree { get; }

    public ulong Devices { get; }

    public ulong DeviceId { get; }

    /// <summary>Bytes of the device that the file system uses.</summary>
    public long DeviceBytes { get; }

    public uint SystemChunkBytes { get; }

    public ulong Incompatible { get; }

    public bool HasFreeSpaceTree { get; }

    /// <summary>It is mounted read-only always.</summary>
    public bool IsSeed { get; }

    public bool IsUnknown => (Incompatible & (~KnownIncompatible | ExtentTree2 | RaidStripeTree | Zoned)) != 0;

    public string? Label { get; }

    /// <summary>Null when the device holds no btrfs.</summary>
    /// <exception cref="MalformedStructureException">It holds one that makes no sense.</exception>
    public static BtrfsSuperblock? Read(GuestDevice device)
    {
        if (!device.Has(Offset + 64, "_BHRfS_M"u8) || device.Length < Offset + Size)
            return null;
        var bytes = device.Read(Offset, Size, "the btrfs superblock");
        return new BtrfsSuperblock(new StructureReader(bytes, "the btrfs superblock", Offset), bytes);
    }
}
