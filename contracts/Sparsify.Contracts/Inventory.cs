namespace Sparsify.Contracts;

/// <summary>
/// Public input: what is known of one disk. An absent optional field leaves what is known unchanged. An upstream
/// system's id of a disk wins over the one that a host made up for the same volume.
/// </summary>
public sealed record DiskReported
{
    /// <summary>The disk.</summary>
    public required Guid DiskId { get; init; }

    /// <summary>Name for people.</summary>
    public required string Name { get; init; }

    /// <summary>The storage domain's name.</summary>
    public required string StorageDomain { get; init; }

    /// <summary>The leaf volume's path, relative to the storage domain's root.</summary>
    public required string Path { get; init; }

    /// <summary>The leaf volume's format.</summary>
    public required VolumeFormat Format { get; init; }

    /// <summary>What the guest sees, bytes.</summary>
    public required long VirtualSize { get; init; }

    /// <summary>What the storage gives up for the whole chain, bytes.</summary>
    public required long ActualSize { get; init; }

    /// <summary>When it was looked at, UTC; an older report of the same source changes nothing.</summary>
    public required DateTimeOffset ReportedAt { get; init; }

    /// <summary>Who reports.</summary>
    public ReportSource Source { get; init; } = ReportSource.Upstream;

    /// <summary>The host that reports, when a host does.</summary>
    public string? Host { get; init; }

    /// <summary>The allocation policy.</summary>
    public VolumeAllocation? Allocation { get; init; }

    /// <summary>What the disk is to the VM manager.</summary>
    public DiskKind? Kind { get; init; }

    /// <summary>Volumes in the chain, the leaf included; more than 1 means snapshots.</summary>
    public int? ChainLength { get; init; }

    /// <summary>How many other disks are based on this one.</summary>
    public int? DerivedDisks { get; init; }

    /// <summary>Snapshots inside the leaf's qcow2 file.</summary>
    public int? InternalSnapshots { get; init; }

    /// <summary>The leaf's qcow2 version, 2 or 3.</summary>
    public int? Qcow2Version { get; init; }

    /// <summary>The image or the guest's data is encrypted.</summary>
    public bool? Encrypted { get; init; }

    /// <summary>The VM manager says that the disk's volumes cannot be trusted.</summary>
    public bool? Illegal { get; init; }

    /// <summary>The disk must be wiped when it is deleted.</summary>
    public bool? WipeAfterDelete { get; init; }

    /// <summary>A volume group of the guest needs other disks too.</summary>
    public bool? VolumeGroupIncomplete { get; init; }

    /// <summary>What a run would give back; absent when it was not measured.</summary>
    public VolumeMeasurement? Measurement { get; init; }

    /// <summary>Another format's name, where <see cref="Format"/> is <see cref="VolumeFormat.Other"/>.</summary>
    public string? FormatName { get; init; }
}

/// <summary>Public input: the disk is gone.</summary>
public sealed record DiskRemoved
{
    /// <summary>The disk.</summary>
    public required Guid DiskId { get; init; }

    /// <summary>When it was seen to be gone, UTC.</summary>
    public required DateTimeOffset RemovedAt { get; init; }

    /// <summary>Who reports; a host's word does not remove what an upstream system reported.</summary>
    public ReportSource Source { get; init; } = ReportSource.Upstream;
}

/// <summary>One volume, by place.</summary>
/// <param name="StorageDomain">The storage domain's name.</param>
/// <param name="Path">The path relative to the storage domain's root.</param>
public sealed record VolumeReference(string StorageDomain, string Path);

/// <summary>Public input: the state of one VM and the disks plugged into it.</summary>
public sealed record VmStatusReported
{
    /// <summary>The VM.</summary>
    public required Guid VmId { get; init; }

    /// <summary>Name for people.</summary>
    public required string Name { get; init; }

    /// <summary>The state.</summary>
    public required VmStatus Status { get; init; }

    /// <summary>When it was looked at, UTC; an older report changes nothing.</summary>
    public required DateTimeOffset ReportedAt { get; init; }

    /// <summary>All disks plugged into the VM, by id; absent when not known by id.</summary>
    public IReadOnlyList<Guid>? DiskIds { get; init; }

    /// <summary>All disks plugged into the VM, by place; absent when not known by place.</summary>
    public IReadOnlyList<VolumeReference>? Volumes { get; init; }

    /// <summary>The host that reports, when a host does.</summary>
    public string? Host { get; init; }

    /// <summary>Words that the VM manager has put on the VM, for policies; absent leaves what is known unchanged.</summary>
    public IReadOnlyList<string>? Tags { get; init; }
}

/// <summary>Public input: what is known of one storage domain.</summary>
public sealed record StorageDomainReported
{
    /// <summary>The storage domain's name.</summary>
    public required string Name { get; init; }

    /// <summary>What kind of storage it is.</summary>
    public required StorageKind Kind { get; init; }

    /// <summary>When it was looked at, UTC; an older report changes nothing.</summary>
    public required DateTimeOffset ReportedAt { get; init; }

    /// <summary>The host that reports, when a host does.</summary>
    public string? Host { get; init; }

    /// <summary>The file system's name (<c>ext4</c>, <c>xfs</c>, <c>nfs4</c>).</summary>
    public string? FileSystem { get; init; }

    /// <summary>The NFS version in use (<c>4.2</c>); absent when it is not NFS.</summary>
    public string? NfsVersion { get; init; }

    /// <summary>The host's nfs-utils package is one that cannot mount NFS 4.2 (RHEL 7.4, bug 1489262).</summary>
    public bool? NfsUtilsTooOld { get; init; }

    /// <summary>A probe file gave its blocks back when a hole was punched, or the block device can unmap.</summary>
    public bool? SupportsDiscard { get; init; }

    /// <summary>The block storage promises zeroes after unmap (LBPRZ).</summary>
    public bool? ZeroesAfterUnmap { get; init; }

    /// <summary>Size of the storage, bytes.</summary>
    public long? Capacity { get; init; }

    /// <summary>Free space of the storage, bytes.</summary>
    public long? Available { get; init; }
}

/// <summary>
/// What the Orchestrator knows of a disk after a change, and whether it may be sparsified. A reader keeps the
/// highest <see cref="Revision"/> it has seen.
/// </summary>
public sealed record DiskChanged
{
    /// <summary>The disk.</summary>
    public required Guid DiskId { get; init; }

    /// <summary>Grows with each change of this disk.</summary>
    public required long Revision { get; init; }

    /// <summary>The disk is gone; the other fields say what it was.</summary>
    public bool Removed { get; init; }

    /// <summary>Name for people.</summary>
    public required string Name { get; init; }

    /// <summary>The storage domain's name.</summary>
    public required string StorageDomain { get; init; }

    /// <summary>The leaf volume's path, relative to the storage domain's root.</summary>
    public required string Path { get; init; }

    /// <summary>The leaf volume's format.</summary>
    public required VolumeFormat Format { get; init; }

    /// <summary>The allocation policy.</summary>
    public required VolumeAllocation Allocation { get; init; }

    /// <summary>What the guest sees, bytes.</summary>
    public required long VirtualSize { get; init; }

    /// <summary>What the storage gives up, bytes.</summary>
    public required long ActualSize { get; init; }

    /// <summary>What a run would give back; absent while nobody has measured it.</summary>
    public VolumeMeasurement? Measurement { get; init; }

    /// <summary>The VMs it is plugged into.</summary>
    public required IReadOnlyList<DiskVm> Vms { get; init; }

    /// <summary>Every rule that refuses the disk now; empty means eligible.</summary>
    public required IReadOnlyList<Violation> Violations { get; init; }

    /// <summary>The operation that holds the disk's lock.</summary>
    public Guid? OperationId { get; init; }
}

/// <summary>A VM that a disk is plugged into.</summary>
/// <param name="Id">The VM.</param>
/// <param name="Name">Name for people.</param>
/// <param name="Status">Its state.</param>
/// <param name="Tags">Words that the VM manager has put on it; absent when there are none.</param>
public sealed record DiskVm(Guid Id, string Name, VmStatus Status, IReadOnlyList<string>? Tags = null);

/// <summary>What the Orchestrator knows of a storage domain after a change. A reader keeps the highest <see cref="Revision"/> it has seen.</summary>
public sealed record StorageDomainChanged
{
    /// <summary>The storage domain's name.</summary>
    public required string Name { get; init; }

    /// <summary>Grows with each change of this domain.</summary>
    public required long Revision { get; init; }

    /// <summary>What kind of storage it is.</summary>
    public required StorageKind Kind { get; init; }

    /// <summary>The file system's name.</summary>
    public string? FileSystem { get; init; }

    /// <summary>The NFS version in use.</summary>
    public string? NfsVersion { get; init; }

    /// <summary>The storage takes space back.</summary>
    public bool? SupportsDiscard { get; init; }

    /// <summary>Size of the storage, bytes.</summary>
    public long? Capacity { get; init; }

    /// <summary>Free space of the storage, bytes.</summary>
    public long? Available { get; init; }

    /// <summary>When it was last looked at, UTC.</summary>
    public required DateTimeOffset ReportedAt { get; init; }
}

/// <summary>Asks every host to report all its storage domains, disks and VMs again: the Orchestrator has started and may have missed some.</summary>
public sealed record InventoryRequested
{
    /// <summary>When, UTC.</summary>
    public required DateTimeOffset RequestedAt { get; init; }
}
