using System.Text;
using Sparsify.DiskImages.Devices;

namespace Sparsify.DiskImages.FileSystems.Ext;

/// <summary>The superblock of ext2, ext3 and ext4. Source: Linux <c>Documentation/filesystems/ext4/super.rst</c>.</summary>
internal sealed class ExtSuperblock
{
    public const int Offset = 1024;
    private const int Size = 1024;
    private const ushort Magic = 0xEF53;
    private const uint JournalDevice = 0x8;
    private const uint MetaBlockGroups = 0x10;
    private const uint Recover = 0x4;
    private const uint Extended = 0x80;
    private const uint ChecksumSeed = 0x2000;
    private const uint KnownIncompatible = 0x1F7DE;
    private const uint HasJournal = 0x4;
    private const uint SparseSuper2 = 0x200;
    private const uint SparseSuper = 0x1;
    private const uint GroupChecksums = 0x10;
    private const uint BigAllocation = 0x200;
    private const uint MetadataChecksums = 0x400;
    private const uint Ext3Incompatible = 0x16; // filetype, recover, meta_bg
    private const uint Ext3ReadOnly = 0x7; // sparse_super, large_file, btree_dir
    private const int SmallestGroup = 64;

    private readonly uint _incompatible;
    private readonly uint _readOnlyCompatible;
    private readonly uint _compatible;
    private readonly uint _firstMetaGroup;
    private readonly int _reservedDescriptorBlocks;
    private readonly (uint, uint) _backupGroups;

    private ExtSuperblock(StructureReader super, long deviceLength)
    {
        (_compatible, _incompatible, _readOnlyCompatible) = (super.UInt32(92), super.UInt32(96), super.UInt32(100));
        var (logBlock, logCluster) = (super.UInt32(24), super.UInt32(28));
        if (logBlock > 6 || (HasClusters && (logCluster < logBlock || logCluster > 20)))
            throw Malformed($"block size 2^{10 + (long)logBlock}, cluster size 2^{10 + (long)logCluster}");
        BlockSize = 1024 << (int)logBlock;
        ClusterRatio = HasClusters ? 1 << (int)(logCluster - logBlock) : 1;
        FirstBlock = super.UInt32(20);
        BlockCount = super.UInt32(4) | (IsExtended ? (long)super.UInt32(336) << 32 : 0);
        FreeBlocks = super.UInt32(12) | (IsExtended ? (long)super.UInt32(344) << 32 : 0);
        ClustersPerGroup = (int)(HasClusters ? super.UInt32(36) : super.UInt32(32));
        if (ClustersPerGroup is < SmallestGroup || ClustersPerGroup > BlockSize * 8L || ClustersPerGroup % 8 != 0)
            throw Malformed($"{ClustersPerGroup} clusters a group");
        DescriptorSize = IsExtended ? super.UInt16(254) : 32;
        if (DescriptorSize is < 32 or > 1024 || !int.IsPow2(DescriptorSize))
            throw Malformed($"group descriptors of {DescriptorSize} bytes");
        if (BlockCount <= FirstBlock || BlockCount > deviceLength / BlockSize || FirstBlock > 1)
            throw Malformed($"{BlockCount} blocks of {BlockSize} bytes from block {FirstBlock} on, on a device of {deviceLength} bytes");
        var groups = (BlockCount - FirstBlock + BlocksPerGroup - 1) / BlocksPerGroup;
        GroupCount = groups <= int.MaxValue / 2 ? (int)groups : throw Malformed($"{groups} block groups");
        InodesPerGroup = super.UInt32(40);
        InodeSize = super.UInt32(76) == 0 ? 128 : super.UInt16(88);
        _firstMetaGroup = super.UInt32(260);
        _reservedDescriptorBlocks = super.UInt16(206);
        _backupGroups = (super.UInt32(588), super.UInt32(592));
        NeedsRecovery = (_incompatible & Recover) != 0;
        JournalInode = (_compatible & HasJournal) != 0 ? super.UInt32(224) : 0;
        HasExternalJournal = (_compatible & HasJournal) != 0 && JournalInode == 0;
        Label = super.Label(120, 16, Encoding.UTF8);
        Seed = (_incompatible & ChecksumSeed) != 0 ? super.UInt32(624) : Crc32C.Of(uint.MaxValue, super.Slice(104, 16));
    }

    public int BlockSize { get; }

    /// <summary>Blocks that one bit of a bitmap stands for.</summary>
    public int ClusterRatio { get; }

    public long FirstBlock { get; }

    public long BlockCount { get; }

    public long FreeBlocks { get; }

    public int ClustersPerGroup { get; }

    public int DescriptorSize { get; }

    public uint InodesPerGroup { get; }

    public int InodeSize { get; }

    /// <summary>The journal holds changes that the next mount writes to their places.</summary>
    public bool NeedsRecovery { get; }

    public uint JournalInode { get; }

    public bool HasExternalJournal { get; }

    public string? Label { get; }

    public uint Seed { get; }

    public long BlocksPerGroup => (long)ClustersPerGroup * ClusterRatio;

    public int GroupCount { get; }

    public bool HasMetadataChecksums => (_readOnlyCompatible & MetadataChecksums) != 0;

    /// <summary>Groups may say that their bitmap was never written.</summary>
    public bool HasUninitialisedGroups => (_readOnlyCompatible & (MetadataChecksums | GroupChecksums)) != 0;

    public uint UnknownFeatures => _incompatible & ~KnownIncompatible;

    public bool IsJournalDevice => (_incompatible & JournalDevice) != 0;

    public string Type => (_incompatible & ~Ext3Incompatible) != 0 || (_readOnlyCompatible & ~Ext3ReadOnly) != 0 ? "ext4" : (_compatible & HasJournal) != 0 ? "ext3" : "ext2";

    private bool IsExtended => (_incompatible & Extended) != 0;

    private bool HasClusters => (_readOnlyCompatible & BigAllocation) != 0;

    private int DescriptorsPerBlock => BlockSize / DescriptorSize;

    /// <summary>Null when the device holds no such file system.</summary>
    /// <exception cref="MalformedStructureException">It holds one whose superblock makes no sense.</exception>
    public static ExtSuperblock? Read(GuestDevice device)
    {
        if (device.Length < Offset + Size)
            return null;
        Span<byte> bytes = stackalloc byte[Size];
        device.Read(Offset, bytes, "the ext superblock");
        var super = new StructureReader(bytes, "the ext superblock", Offset);
        return super.UInt16(56) == Magic ? new ExtSuperblock(super, device.Length) : null;
    }

    public long FirstBlockOf(int group) => FirstBlock + (group * BlocksPerGroup);

    public int ClustersOf(int group) => group < GroupCount - 1 ? ClustersPerGroup : (int)((Math.Min(BlocksPerGroup, BlockCount - FirstBlockOf(group)) + ClusterRatio - 1) / ClusterRatio);

    /// <summary>Where the block of group descriptors that a group stands in lies. Source: Linux <c>fs/ext4/super.c</c>, <c>descriptor_loc</c>.</summary>
    public long DescriptorBlock(int number)
    {
        if ((_incompatible & MetaBlockGroups) == 0 || number < _firstMetaGroup)
            return (BlockSize == 1024 ? 1 : 0) + number + 1;
        var group = DescriptorsPerBlock * number;
        var super = HasSuperblock(group) || (BlockSize == 1024 && number == 0 && FirstBlock == 0) ? 1 : 0;
        return FirstBlockOf(group) + super;
    }

    /// <summary>Clusters at the start of a group that hold copies of superblock and descriptors. Source: <c>fs/ext4/balloc.c</c>, <c>ext4_num_base_meta_clusters</c>.</summary>
    public int BaseClusters(int group)
    {
        var blocks = HasSuperblock(group) ? 1 : 0;
        if ((_incompatible & MetaBlockGroups) == 0 || group < _firstMetaGroup * DescriptorsPerBlock)
        {
            if (blocks > 0)
                blocks += ((GroupCount + DescriptorsPerBlock - 1) / DescriptorsPerBlock) + _reservedDescriptorBlocks;
        }
        else
        {
            var inMeta = group % DescriptorsPerBlock;
            blocks += inMeta is 0 or 1 || inMeta == DescriptorsPerBlock - 1 ? 1 : 0;
        }

        return (blocks + ClusterRatio - 1) / ClusterRatio;
    }

    private bool HasSuperblock(int group)
    {
        if (group == 0)
            return true;
        if ((_compatible & SparseSuper2) != 0)
            return group == _backupGroups.Item1 || group == _backupGroups.Item2;
        if (group == 1 || (_readOnlyCompatible & SparseSuper) == 0)
            return true;
        return (group & 1) == 1 && (IsPower(group, 3) || IsPower(group, 5) || IsPower(group, 7));
    }

    private static bool IsPower(int number, int of)
    {
        long power = of;
        while (power < number)
            power *= of;
        return power == number;
    }

    private static MalformedStructureException Malformed(string reason) => new("the ext superblock", Offset, reason);
}
