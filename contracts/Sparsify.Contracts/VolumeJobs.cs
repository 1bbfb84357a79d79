namespace Sparsify.Contracts;

/// <summary>Jobs wait in a storage domain. Goes to every host; those that reach the domain answer with <see cref="ClaimVolumeJobs"/>.</summary>
public sealed record VolumeJobOffered
{
    /// <summary>The storage domain's name.</summary>
    public required string StorageDomain { get; init; }
}

/// <summary>A host has room and asks for work. Idempotent: the Orchestrator counts the host's live leases itself.</summary>
public sealed record ClaimVolumeJobs
{
    /// <summary>The host's name; jobs are sent to its queue.</summary>
    public required string Host { get; init; }

    /// <summary>The worker process, new at each start.</summary>
    public required Guid InstanceId { get; init; }

    /// <summary>How many jobs the host runs at once, in total.</summary>
    public required int Slots { get; init; }

    /// <summary>The storage domains the host reaches now.</summary>
    public required IReadOnlyList<string> StorageDomains { get; init; }
}

/// <summary>Work for one host: run one attempt on one volume. Nothing may be written before <see cref="JournalVitalBytes"/> was answered with <see cref="VitalBytesJournaled"/>.</summary>
public sealed record SparsifyVolume
{
    /// <summary>The volume job; the operation's id.</summary>
    public required Guid OperationId { get; init; }

    /// <summary>The disk.</summary>
    public required Guid DiskId { get; init; }

    /// <summary>The attempt, from 1.</summary>
    public required int Attempt { get; init; }

    /// <summary>The disk's generation under this lock.</summary>
    public required long Generation { get; init; }

    /// <summary>The host that holds the lease.</summary>
    public required string Host { get; init; }

    /// <summary>The storage domain's name.</summary>
    public required string StorageDomain { get; init; }

    /// <summary>The leaf volume's path, relative to the storage domain's root.</summary>
    public required string Path { get; init; }

    /// <summary>The leaf volume's format; never probed.</summary>
    public required VolumeFormat Format { get; init; }

    /// <summary>Work on the leaf of a chain.</summary>
    public required bool AllowSnapshots { get; init; }

    /// <summary>The least that the run must give back, bytes; with less it is not started.</summary>
    public required long MinReclaimable { get; init; }

    /// <summary>Run whatever there is to gain.</summary>
    public required bool Force { get; init; }

    /// <summary>How long a renewal of the lease lasts.</summary>
    public required TimeSpan LeaseDuration { get; init; }
}

/// <summary>Asks the host of a running attempt to end it with SIGINT.</summary>
public sealed record CancelVolumeJob
{
    /// <summary>The volume job.</summary>
    public required Guid OperationId { get; init; }

    /// <summary>The attempt.</summary>
    public required int Attempt { get; init; }
}

/// <summary>virt-sparsify was started on the volume.</summary>
public sealed record VolumeJobStarted
{
    /// <summary>The volume job.</summary>
    public required Guid OperationId { get; init; }

    /// <summary>The attempt.</summary>
    public required int Attempt { get; init; }

    /// <summary>The disk's generation.</summary>
    public required long Generation { get; init; }

    /// <summary>The host.</summary>
    public required string Host { get; init; }

    /// <summary>Bytes that the run was to give back, as measured just before it; absent when it could not be measured.</summary>
    public long? Predicted { get; init; }

    /// <summary>Allocated bytes before the run.</summary>
    public required long SizeBefore { get; init; }

    /// <summary>When, UTC, by the host's clock.</summary>
    public required DateTimeOffset StartedAt { get; init; }
}

/// <summary>How far an attempt is; at most one a second.</summary>
public sealed record VolumeJobProgressed
{
    /// <summary>The volume job.</summary>
    public required Guid OperationId { get; init; }

    /// <summary>The attempt.</summary>
    public required int Attempt { get; init; }

    /// <summary>Counts the reports of this attempt from 1; an older one changes nothing.</summary>
    public required int Sequence { get; init; }

    /// <summary>Done so far, 0 to 1; never falls within an attempt.</summary>
    public required double Fraction { get; init; }

    /// <summary>The step, in virt-sparsify's words.</summary>
    public required string Stage { get; init; }

    /// <summary>When, UTC, by the host's clock.</summary>
    public required DateTimeOffset At { get; init; }
}

/// <summary>The run ended by itself; sent again until <see cref="VolumeJobClosed"/> comes.</summary>
public sealed record VolumeJobSucceeded
{
    /// <summary>The volume job.</summary>
    public required Guid OperationId { get; init; }

    /// <summary>The attempt.</summary>
    public required int Attempt { get; init; }

    /// <summary>The disk's generation.</summary>
    public required long Generation { get; init; }

    /// <summary>The host.</summary>
    public required string Host { get; init; }

    /// <summary>What came of it.</summary>
    public required RunOutcome Outcome { get; init; }

    /// <summary>Bytes that the run was to give back, as measured just before it; absent when it could not be measured.</summary>
    public long? Predicted { get; init; }

    /// <summary>Allocated bytes before the run.</summary>
    public required long SizeBefore { get; init; }

    /// <summary>Allocated bytes after the run.</summary>
    public required long SizeAfter { get; init; }

    /// <summary>What was passed over, each with its reason.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>When virt-sparsify was started, UTC, by the host's clock.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When the volume had been measured again, UTC, by the host's clock.</summary>
    public required DateTimeOffset EndedAt { get; init; }
}

/// <summary>The attempt failed; sent again until <see cref="VolumeJobClosed"/> comes.</summary>
public sealed record VolumeJobFailed
{
    /// <summary>The volume job.</summary>
    public required Guid OperationId { get; init; }

    /// <summary>The attempt.</summary>
    public required int Attempt { get; init; }

    /// <summary>The disk's generation.</summary>
    public required long Generation { get; init; }

    /// <summary>The host.</summary>
    public required string Host { get; init; }

    /// <summary>Why.</summary>
    public required OperationError Error { get; init; }

    /// <summary>Another attempt may mend it.</summary>
    public required bool Retryable { get; init; }

    /// <summary>False when the run was cut off (killed, or its process lost): the disk must be looked at before anything else.</summary>
    public required bool EndedByItself { get; init; }

    /// <summary>The host gave the attempt up in order, because its worker was told to stop: it counts neither as an attempt that failed nor against the host.</summary>
    public bool HandedBack { get; init; }

    /// <summary>Rules that failed on the real volume, just before the run.</summary>
    public IReadOnlyList<Violation> Violations { get; init; } = [];

    /// <summary>Allocated bytes before the run, when it got that far.</summary>
    public long? SizeBefore { get; init; }

    /// <summary>Allocated bytes after the run, when it got that far.</summary>
    public long? SizeAfter { get; init; }

    /// <summary>When virt-sparsify was started, UTC, by the host's clock; absent when it was not.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When, UTC, by the host's clock.</summary>
    public required DateTimeOffset EndedAt { get; init; }
}

/// <summary>The volume was measured and has too little to give back: the attempt was not started; sent again until <see cref="VolumeJobClosed"/> comes.</summary>
public sealed record VolumeJobSkipped
{
    /// <summary>The volume job.</summary>
    public required Guid OperationId { get; init; }

    /// <summary>The attempt.</summary>
    public required int Attempt { get; init; }

    /// <summary>The disk's generation.</summary>
    public required long Generation { get; init; }

    /// <summary>The host.</summary>
    public required string Host { get; init; }

    /// <summary>Bytes that a run would give back.</summary>
    public required long Reclaimable { get; init; }

    /// <summary>Allocated bytes of the volume.</summary>
    public required long Size { get; init; }

    /// <summary>When, UTC, by the host's clock.</summary>
    public required DateTimeOffset EndedAt { get; init; }
}

/// <summary>The attempt was ended on request and its processes are gone; sent again until <see cref="VolumeJobClosed"/> comes.</summary>
public sealed record VolumeJobCanceled
{
    /// <summary>The volume job.</summary>
    public required Guid OperationId { get; init; }

    /// <summary>The attempt.</summary>
    public required int Attempt { get; init; }

    /// <summary>The disk's generation.</summary>
    public required long Generation { get; init; }

    /// <summary>The host.</summary>
    public required string Host { get; init; }

    /// <summary>Allocated bytes before the run, when it got that far.</summary>
    public long? SizeBefore { get; init; }

    /// <summary>Allocated bytes after the run, when it got that far.</summary>
    public long? SizeAfter { get; init; }

    /// <summary>When, UTC, by the host's clock.</summary>
    public required DateTimeOffset EndedAt { get; init; }
}

/// <summary>The Orchestrator has recorded the end of the attempt, or knows it as stale: the host may forget it.</summary>
public sealed record VolumeJobClosed
{
    /// <summary>The volume job.</summary>
    public required Guid OperationId { get; init; }

    /// <summary>The attempt.</summary>
    public required int Attempt { get; init; }
}

/// <summary>A lease ran out un-renewed while its attempt ran (raised by the Orchestrator's lease sweeper).</summary>
public sealed record VolumeJobLost
{
    /// <summary>The volume job.</summary>
    public required Guid OperationId { get; init; }

    /// <summary>The attempt.</summary>
    public required int Attempt { get; init; }

    /// <summary>The disk's generation.</summary>
    public required long Generation { get; init; }

    /// <summary>The host that held the lease.</summary>
    public required string Host { get; init; }

    /// <summary>When the lease ran out, UTC.</summary>
    public required DateTimeOffset LeaseEndedAt { get; init; }
}

/// <summary>No live host reached the storage domain of a waiting job for the allowed time (raised by the Orchestrator's job sweeper).</summary>
public sealed record VolumeJobUnclaimed
{
    /// <summary>The volume job.</summary>
    public required Guid OperationId { get; init; }

    /// <summary>The storage domain's name.</summary>
    public required string StorageDomain { get; init; }

    /// <summary>The time that a job may wait without a host is over and the operation fails.</summary>
    public required bool Expired { get; init; }

    /// <summary>When the job was queued, UTC.</summary>
    public required DateTimeOffset QueuedAt { get; init; }
}
