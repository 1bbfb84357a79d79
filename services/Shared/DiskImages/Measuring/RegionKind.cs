using System.Text.Json.Serialization;

namespace Sparsify.DiskImages.Measuring;

/// <summary>What a region of a disk is.</summary>
[JsonConverter(typeof(RegionKindConverter))]
public enum RegionKind
{
    /// <summary>A file system straight on the disk.</summary>
    Disk,

    /// <summary>A file system in a partition.</summary>
    Partition,

    /// <summary>A file system in an LVM2 logical volume.</summary>
    LogicalVolume,

    /// <summary>A Linux swap area; virt-sparsify empties it but for its header.</summary>
    Swap,

    /// <summary>The extents of an LVM2 volume group that belong to no logical volume.</summary>
    GroupFreeSpace,

    /// <summary>What cannot be looked into, or is malformed; nothing of it counts as reclaimable.</summary>
    Opaque,
}
