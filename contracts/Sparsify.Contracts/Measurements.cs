using System.Text.Json.Serialization;

namespace Sparsify.Contracts;

/// <summary>
/// Asks for a volume to be measured now, without changing anything. Sent to the queue of its storage domain: any host that
/// reaches it answers, with <see cref="VolumeMeasured"/>, <see cref="VolumeUnchanged"/> or <see cref="VolumeNotMeasured"/>,
/// told to everybody and to who asked.
/// </summary>
public sealed record MeasureVolume
{
    /// <summary>The disk.</summary>
    public required Guid DiskId { get; init; }

    /// <summary>The storage domain's name.</summary>
    public required string StorageDomain { get; init; }

    /// <summary>The leaf volume's path, relative to the storage domain's root.</summary>
    public required string Path { get; init; }

    /// <summary>The leaf volume's format; never probed.</summary>
    public required VolumeFormat Format { get; init; }

    /// <summary>Of the last measurement; absent to have it measured in any case.</summary>
    public string? KnownStamp { get; init; }
}

/// <summary>A host has measured a volume: on request, or after a run.</summary>
public sealed record VolumeMeasured
{
    /// <summary>The host.</summary>
    public required string Host { get; init; }

    /// <summary>The disk.</summary>
    public required Guid DiskId { get; init; }

    /// <summary>The storage domain's name.</summary>
    public required string StorageDomain { get; init; }

    /// <summary>The leaf volume's path, relative to the storage domain's root.</summary>
    public required string Path { get; init; }

    /// <summary>What the guest sees, bytes.</summary>
    public required long VirtualSize { get; init; }

    /// <summary>What the storage gives up for the whole chain, bytes.</summary>
    public required long ActualSize { get; init; }

    /// <summary>The guest's data is encrypted; absent when that was not looked for.</summary>
    public bool? Encrypted { get; init; }

    /// <summary>A volume group of the guest needs other disks too; absent when that was not looked for.</summary>
    public bool? VolumeGroupIncomplete { get; init; }

    /// <summary>The figures.</summary>
    public required VolumeMeasurement Measurement { get; init; }

    /// <summary>The operation that had just sparsified the volume; absent when it was measured on request, or after a run that did not succeed.</summary>
    public Guid? OperationId { get; init; }

    /// <summary>Tells the state of the volume's files that was measured from any other; it means nothing else.</summary>
    public required string Stamp { get; init; }
}

/// <summary>A volume was looked at on request, and its files are as they were when it was last measured: that measurement still holds.</summary>
public sealed record VolumeUnchanged
{
    /// <summary>The host.</summary>
    public required string Host { get; init; }

    /// <summary>The disk.</summary>
    public required Guid DiskId { get; init; }

    /// <summary>The storage domain's name.</summary>
    public required string StorageDomain { get; init; }

    /// <summary>The leaf volume's path, relative to the storage domain's root.</summary>
    public required string Path { get; init; }

    /// <summary>When, UTC, by the host's clock.</summary>
    public required DateTimeOffset LookedAt { get; init; }
}

/// <summary>A volume that could not be measured on request.</summary>
public sealed record VolumeNotMeasured
{
    /// <summary>The host.</summary>
    public required string Host { get; init; }

    /// <summary>The disk.</summary>
    public required Guid DiskId { get; init; }

    /// <summary>The storage domain's name.</summary>
    public required string StorageDomain { get; init; }

    /// <summary>The leaf volume's path, relative to the storage domain's root.</summary>
    public required string Path { get; init; }

    /// <summary>Why, for people.</summary>
    public required string Reason { get; init; }

    /// <summary>When, UTC, by the host's clock.</summary>
    public required DateTimeOffset LookedAt { get; init; }
}

/// <summary>Asks for all disks of a storage domain to be looked at now, whenever that is planned; those that are locked are passed over.</summary>
public sealed record ScanRequested
{
    /// <summary>The storage domain's name.</summary>
    public required string StorageDomain { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTimeOffset RequestedAt { get; init; }
}

/// <summary>What a run would give back of a volume, computed from its metadata.</summary>
public sealed record VolumeMeasurement
{
    /// <summary>Bytes that <c>virt-sparsify --in-place</c> would give back.</summary>
    public required long Reclaimable { get; init; }

    /// <summary>Bytes free in the guest that lower volumes or internal snapshots hold: merging would free them.</summary>
    public required long HeldBySnapshots { get; init; }

    /// <summary>False when a run may give back another number; the notes of the regions say why.</summary>
    public required bool Exact { get; init; }

    /// <summary>A VM had the disk open: what it writes meanwhile is not in the figures, which are a hint and not a promise.</summary>
    public bool Live { get; init; }

    /// <summary>When, UTC, by the host's clock.</summary>
    public required DateTimeOffset MeasuredAt { get; init; }

    /// <summary>The parts of the disk.</summary>
    public IReadOnlyList<MeasuredRegion> Regions { get; init; } = [];
}

/// <summary>A part of a disk: a partition, a logical volume, a swap area, free space of a volume group, or something opaque.</summary>
public sealed record MeasuredRegion
{
    /// <summary>What it is.</summary>
    public required MeasuredRegionKind Kind { get; init; }

    /// <summary>The file system, or what else was recognised.</summary>
    public string? FileSystem { get; init; }

    /// <summary>The file system's label; GROUP/NAME of a logical volume.</summary>
    public string? Label { get; init; }

    /// <summary>Where it starts on the disk, bytes.</summary>
    public required long Start { get; init; }

    /// <summary>Length, bytes.</summary>
    public required long Size { get; init; }

    /// <summary>Bytes that the guest uses; absent when that cannot be seen.</summary>
    public long? Used { get; init; }

    /// <summary>Bytes that the guest does not use; absent when that cannot be seen.</summary>
    public long? Free { get; init; }

    /// <summary>Bytes that a run would give back.</summary>
    public required long Reclaimable { get; init; }

    /// <summary>What a person must know to read the figures right.</summary>
    public string? Note { get; init; }
}

/// <summary>What a region of a disk is.</summary>
[JsonConverter(typeof(CamelCaseWordConverter<MeasuredRegionKind>))]
public enum MeasuredRegionKind
{
    /// <summary>A file system straight on the disk.</summary>
    Disk,

    /// <summary>A file system in a partition.</summary>
    Partition,

    /// <summary>A file system in a logical volume.</summary>
    LogicalVolume,

    /// <summary>A Linux swap area.</summary>
    Swap,

    /// <summary>The space of a volume group that belongs to no logical volume.</summary>
    GroupFreeSpace,

    /// <summary>What cannot be looked into; nothing of it counts as reclaimable.</summary>
    Opaque,
}
