using System.Text.Json.Serialization;

namespace Sparsify.DiskImages.Measuring;

/// <summary>A part of the disk that virt-sparsify handles as one step, or passes over.</summary>
public sealed record Region
{
    /// <summary>What it is.</summary>
    public required RegionKind Kind { get; init; }

    /// <summary>The file system (ext2, ext3, ext4, xfs, btrfs, ntfs, vfat), or what else was recognised; null when nothing was.</summary>
    public string? FileSystem { get; init; }

    /// <summary>The file system's label; for a logical volume GROUP/NAME, for a group's free space the group's name.</summary>
    public string? Label { get; init; }

    /// <summary>Where it starts on the disk, bytes; of a logical volume its first extent.</summary>
    public required long Start { get; init; }

    /// <summary>Length, bytes.</summary>
    public required long Size { get; init; }

    /// <summary>Bytes that the guest uses; null when that cannot be seen.</summary>
    public long? Used { get; init; }

    /// <summary>Bytes that the guest does not use; null when that cannot be seen.</summary>
    public long? Free { get; init; }

    /// <summary>Bytes that virt-sparsify would give back.</summary>
    public required long Reclaimable { get; init; }

    /// <summary>What a person must know to read the figures right.</summary>
    public string? Note { get; init; }

    /// <summary>The region as the appliance names it (<c>/dev/sda1</c>, <c>/dev/GROUP/NAME</c>); of a group's free space the group's name; null when virt-sparsify has no step for it.</summary>
    [JsonIgnore]
    public string? Device { get; init; }

    /// <summary>Bytes free in the guest that lower volumes or internal snapshots hold.</summary>
    [JsonIgnore]
    public long HeldBySnapshots { get; init; }

    /// <summary>False when a run may give back another number; the note says why.</summary>
    [JsonIgnore]
    public bool IsExact { get; init; } = true;

    /// <summary>What of it makes a run fail as a whole.</summary>
    [JsonIgnore]
    public Hazard Hazard { get; init; }
}
