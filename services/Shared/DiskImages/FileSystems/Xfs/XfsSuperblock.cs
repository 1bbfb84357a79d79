using System.Text;
using Sparsify.DiskImages.Devices;

namespace Sparsify.DiskImages.FileSystems.Xfs;

/// <summary>The superblock of XFS. Source: "XFS Algorithms &amp; Data Structures", section "Superblocks".</summary>
internal sealed class XfsSuperblock
{
    private const int Size = 512;
    private const uint Magic = 0x58465342; // XFSB
    private const uint KnownIncompatible = 0x3F;
    private const long SmallestGroup = 64;

    private XfsSuperblock(StructureReader super, long deviceLength)
    {
        var blockSize = super.UInt32Big(4);
        var sectorSize = super.UInt16Big(102);
        Version = super.UInt16Big(100) & 15;
        if (blockSize is < 512 or > 65536 || !uint.IsPow2(blockSize) || sectorSize is < 512 or > 32768 || !int.IsPow2(sectorSize) || Version is not (4 or 5))
            throw Malformed($"blocks of {blockSize}, sectors of {sectorSize} bytes, version {Version}");
        (BlockSize, SectorSize) = ((int)blockSize, sectorSize);
        BlockCount = super.Int64Big(8);
        GroupBlocks = super.UInt32Big(84);
        GroupCount = super.UInt32Big(88);
        GroupLog = super.Byte(124);
        if (BlockCount > deviceLength / BlockSize || GroupBlocks < SmallestGroup || GroupLog > 32 || GroupBlocks > 1L << GroupLog || (BlockCount + GroupBlocks - 1) / GroupBlocks != GroupCount)
            throw Malformed($"{BlockCount} blocks of {BlockSize} bytes in {GroupCount} groups of {GroupBlocks}, on a device of {deviceLength} bytes");
        LogStart = super.Int64Big(48);
        LogBlocks = super.UInt32Big(96);
        Incompatible = Version == 5 ? super.UInt32Big(216) : 0;
        NeedsRepair = (Incompatible & 16) != 0;
        FreeBlocks = super.Int64Big(144);
        HasRealtimeDevice = super.UInt64Big(16) != 0;
        IsUnfinished = super.Byte(126) != 0;
        Label = super.Label(108, 12, Encoding.UTF8);
    }

    public int Version { get; }

    public int BlockSize { get; }

    public int SectorSize { get; }

    public long BlockCount { get; }

    /// <summary>Blocks of an allocation group; the last may have fewer.</summary>
    public long GroupBlocks { get; }

    public long GroupCount { get; }

    public int GroupLog { get; }

    /// <summary>The log's first block, as group and block in one number; 0 when the log is on another device.</summary>
    public long LogStart { get; }

    public long LogBlocks { get; }

    public long FreeBlocks { get; }

    public uint Incompatible { get; }

    public uint UnknownFeatures => Incompatible & ~KnownIncompatible;

    public bool NeedsRepair { get; }

    public bool HasRealtimeDevice { get; }

    /// <summary>mkfs was not done.</summary>
    public bool IsUnfinished { get; }

    public string? Label { get; }

    /// <summary>Where the log lies, bytes.</summary>
    public long LogOffset => (((LogStart >> GroupLog) * GroupBlocks) + (LogStart & ((1L << GroupLog) - 1))) * BlockSize;

    /// <summary>Null when the device holds no XFS.</summary>
    /// <exception cref="MalformedStructureException">It holds one that makes no sense.</exception>
    public static XfsSuperblock? Read(GuestDevice device)
    {
        if (device.Length < Size)
            return null;
        Span<byte> bytes = stackalloc byte[Size];
        device.Read(0, bytes, "the XFS superblock");
        var super = new StructureReader(bytes, "the XFS superblock", 0);
        return super.UInt32Big(0) == Magic ? new XfsSuperblock(super, device.Length) : null;
    }

    private static MalformedStructureException Malformed(string reason) => new("the XFS superblock", 0, reason);
}
