namespace Sparsify.Contracts;

/// <summary>Public input: sparsify one disk. Publishing the same <see cref="RequestId"/> again gives the same operation.</summary>
public sealed record SparsifyDiskRequested
{
    /// <summary>Chosen by the client; becomes the id of the operation.</summary>
    public required Guid RequestId { get; init; }

    /// <summary>The disk.</summary>
    public required Guid DiskId { get; init; }

    /// <summary>Who asks, for the operation's history; free text.</summary>
    public string? RequestedBy { get; init; }

    /// <summary>What started the request.</summary>
    public OperationTrigger Trigger { get; init; } = OperationTrigger.Manual;

    /// <summary>Accept a disk with snapshots; only its leaf volume is worked on.</summary>
    public bool AllowSnapshots { get; init; }

    /// <summary>Order among waiting jobs.</summary>
    public OperationPriority Priority { get; init; } = OperationPriority.Normal;

    /// <summary>The least that a run must give back, bytes; with less to gain the operation is skipped.</summary>
    public long MinReclaimable { get; init; } = 1 << 20;

    /// <summary>Run also with less to gain than <see cref="MinReclaimable"/>.</summary>
    public bool Force { get; init; }

    /// <summary>When the client asked, UTC; when absent, the time of arrival.</summary>
    public DateTimeOffset? RequestedAt { get; init; }

    /// <summary>The policy that chose the disk; absent when a person or a system asked.</summary>
    public PolicyReference? Policy { get; init; }
}

/// <summary>Public input: cancel an operation that is waiting or running.</summary>
public sealed record CancelSparsifyRequested
{
    /// <summary>The operation (its request id).</summary>
    public required Guid OperationId { get; init; }

    /// <summary>Who asks, for the operation's history; free text.</summary>
    public string? RequestedBy { get; init; }
}

/// <summary>Public input: a person has looked at a disk whose operation needs attention, and decides.</summary>
public sealed record ResolveSparsifyRequested
{
    /// <summary>The operation (its request id).</summary>
    public required Guid OperationId { get; init; }

    /// <summary>What is to be done.</summary>
    public required Resolution Resolution { get; init; }

    /// <summary>Who decides, for the operation's history; free text.</summary>
    public string? RequestedBy { get; init; }
}

/// <summary>The disk passed every rule, is locked, and its volume job is queued.</summary>
public sealed record SparsifyDiskAccepted
{
    /// <summary>The operation.</summary>
    public required Guid OperationId { get; init; }

    /// <summary>The disk.</summary>
    public required Guid DiskId { get; init; }

    /// <summary>The disk's generation that this operation's lock started.</summary>
    public required long Generation { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTimeOffset AcceptedAt { get; init; }

    /// <summary>The policy that chose the disk; absent when a person or a system asked.</summary>
    public PolicyReference? Policy { get; init; }
}

/// <summary>The disk is not eligible, or ceased to be while no host worked on it: nothing runs and nothing will, and nothing is locked. An attempt that had failed before may have run.</summary>
public sealed record SparsifyDiskRejected
{
    /// <summary>The operation.</summary>
    public required Guid OperationId { get; init; }

    /// <summary>The disk.</summary>
    public required Guid DiskId { get; init; }

    /// <summary>Every rule that failed; never empty.</summary>
    public required IReadOnlyList<Violation> Violations { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTimeOffset RejectedAt { get; init; }

    /// <summary>The policy that chose the disk; absent when a person or a system asked.</summary>
    public PolicyReference? Policy { get; init; }
}

/// <summary>The run ended by itself.</summary>
public sealed record SparsifyDiskCompleted
{
    /// <summary>The operation.</summary>
    public required Guid OperationId { get; init; }

    /// <summary>The disk.</summary>
    public required Guid DiskId { get; init; }

    /// <summary>What came of it.</summary>
    public required RunOutcome Outcome { get; init; }

    /// <summary>Allocated bytes before the run.</summary>
    public required long SizeBefore { get; init; }

    /// <summary>Allocated bytes after the run.</summary>
    public required long SizeAfter { get; init; }

    /// <summary>Bytes given back: before less after; negative when the volume grew.</summary>
    public required long Reclaimed { get; init; }

    /// <summary>What was passed over, each with its reason.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>When, UTC.</summary>
    public required DateTimeOffset CompletedAt { get; init; }

    /// <summary>The policy that chose the disk; absent when a person or a system asked.</summary>
    public PolicyReference? Policy { get; init; }
}

/// <summary>The disk was measured and had too little to give back; nothing was started.</summary>
public sealed record SparsifyDiskSkipped
{
    /// <summary>The operation.</summary>
    public required Guid OperationId { get; init; }

    /// <summary>The disk.</summary>
    public required Guid DiskId { get; init; }

    /// <summary>Bytes that a run would give back.</summary>
    public required long Reclaimable { get; init; }

    /// <summary>Bytes that the request asked for at least.</summary>
    public required long MinReclaimable { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTimeOffset SkippedAt { get; init; }

    /// <summary>The policy that chose the disk; absent when a person or a system asked.</summary>
    public PolicyReference? Policy { get; init; }
}

/// <summary>The operation failed for good.</summary>
public sealed record SparsifyDiskFailed
{
    /// <summary>The operation.</summary>
    public required Guid OperationId { get; init; }

    /// <summary>The disk.</summary>
    public required Guid DiskId { get; init; }

    /// <summary>Why.</summary>
    public required OperationError Error { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTimeOffset FailedAt { get; init; }

    /// <summary>The policy that chose the disk; absent when a person or a system asked.</summary>
    public PolicyReference? Policy { get; init; }
}

/// <summary>The operation was canceled and no process works on the disk any more.</summary>
public sealed record SparsifyDiskCanceled
{
    /// <summary>The operation.</summary>
    public required Guid OperationId { get; init; }

    /// <summary>The disk.</summary>
    public required Guid DiskId { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTimeOffset CanceledAt { get; init; }

    /// <summary>The policy that chose the disk; absent when a person or a system asked.</summary>
    public PolicyReference? Policy { get; init; }
}

/// <summary>The operation waits for a person: no host can prove the disk sound, and its lock is kept.</summary>
public sealed record SparsifyDiskNeedsAttention
{
    /// <summary>The operation.</summary>
    public required Guid OperationId { get; init; }

    /// <summary>The disk.</summary>
    public required Guid DiskId { get; init; }

    /// <summary>What happened.</summary>
    public required OperationError Error { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The policy that chose the disk; absent when a person or a system asked.</summary>
    public PolicyReference? Policy { get; init; }
}

/// <summary>A VM is not down whose disk an operation holds (raised by the Orchestrator when that is reported).</summary>
public sealed record LockedDiskInUse
{
    /// <summary>The operation.</summary>
    public required Guid OperationId { get; init; }

    /// <summary>The VM.</summary>
    public required Guid VmId { get; init; }

    /// <summary>What was reported of the VM.</summary>
    public required VmStatus Status { get; init; }

    /// <summary>The rule that the disk breaks now.</summary>
    public required Violation Violation { get; init; }
}

/// <summary>A VM was reported as not down while an operation held one of its disks. The operation goes on; qemu's image lock keeps the VM from starting.</summary>
public sealed record SparsifyDiskConflict
{
    /// <summary>The operation.</summary>
    public required Guid OperationId { get; init; }

    /// <summary>The disk.</summary>
    public required Guid DiskId { get; init; }

    /// <summary>The VM.</summary>
    public required Guid VmId { get; init; }

    /// <summary>What was reported of the VM.</summary>
    public required VmStatus Status { get; init; }

    /// <summary>A sentence for people.</summary>
    public required string Message { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTimeOffset At { get; init; }
}

/// <summary>The disk's lock was released.</summary>
public sealed record DiskUnlocked
{
    /// <summary>The disk.</summary>
    public required Guid DiskId { get; init; }

    /// <summary>The operation that held the lock.</summary>
    public required Guid OperationId { get; init; }

    /// <summary>The generation that ends with this release.</summary>
    public required long Generation { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTimeOffset UnlockedAt { get; init; }
}

/// <summary>Why an attempt or an operation failed.</summary>
/// <param name="Kind">The kind of failure.</param>
/// <param name="Message">A sentence for people: what, with which values, what to do.</param>
/// <param name="Output">The tail of the tool's error output, where there is any.</param>
public sealed record OperationError(FailureKind Kind, string Message, string? Output = null);
