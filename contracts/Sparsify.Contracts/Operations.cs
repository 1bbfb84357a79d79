namespace Sparsify.Contracts;

/// <summary>
/// The whole state of an operation after a change. <see cref="Revision"/> grows by one with each change, so a
/// reader keeps the highest it has seen and is right however messages are repeated or reordered.
/// </summary>
public sealed record OperationChanged
{
    /// <summary>The operation.</summary>
    public required Guid OperationId { get; init; }

    /// <summary>Counts the changes of this operation from 1.</summary>
    public required int Revision { get; init; }

    /// <summary>The disk.</summary>
    public required Guid DiskId { get; init; }

    /// <summary>The state.</summary>
    public required OperationState State { get; init; }

    /// <summary>What started it.</summary>
    public required OperationTrigger Trigger { get; init; }

    /// <summary>Who asked.</summary>
    public string? RequestedBy { get; init; }

    /// <summary>The policy that chose the disk; absent when a person or a system asked.</summary>
    public PolicyReference? Policy { get; init; }

    /// <summary>Order among waiting jobs.</summary>
    public required OperationPriority Priority { get; init; }

    /// <summary>The disk's generation, from the lock on.</summary>
    public long? Generation { get; init; }

    /// <summary>The number of the current or last attempt, from 1; 0 before the first.</summary>
    public required int Attempt { get; init; }

    /// <summary>The host of the current or last attempt.</summary>
    public string? Host { get; init; }

    /// <summary>Every attempt so far, repairs included, in order.</summary>
    public IReadOnlyList<OperationAttempt> Attempts { get; init; } = [];

    /// <summary>Bytes that the run was to give back, as measured just before it.</summary>
    public long? Predicted { get; init; }

    /// <summary>Allocated bytes before the run.</summary>
    public long? SizeBefore { get; init; }

    /// <summary>Allocated bytes after the run.</summary>
    public long? SizeAfter { get; init; }

    /// <summary>What came of a completed run.</summary>
    public RunOutcome? Outcome { get; init; }

    /// <summary>What was passed over, each with its reason.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Why it was rejected, or, while it is queued, what it waits for.</summary>
    public IReadOnlyList<Violation> Violations { get; init; } = [];

    /// <summary>Why it failed or needs attention.</summary>
    public OperationError? Error { get; init; }

    /// <summary>The W3C trace id, 32 hexadecimal digits.</summary>
    public string? TraceId { get; init; }

    /// <summary>When it was asked for, UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the first attempt started, UTC.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When the final state was reached, UTC.</summary>
    public DateTimeOffset? FinishedAt { get; init; }
}

/// <summary>One attempt of an operation's volume job.</summary>
public sealed record OperationAttempt
{
    /// <summary>From 1.</summary>
    public required int Number { get; init; }

    /// <summary>What it is for.</summary>
    public required AttemptKind Kind { get; init; }

    /// <summary>The host.</summary>
    public required string Host { get; init; }

    /// <summary>When virt-sparsify was started, UTC; absent when it was not.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended, UTC; absent while it has not.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>What came of it: an outcome of a run or of a repair, Failed, Skipped, Canceled, Lost or NotStarted.</summary>
    public string? Outcome { get; init; }

    /// <summary>What its host said came of it after the attempt had been taken from it, in the events that follow; it changed nothing.</summary>
    public string? StaleOutcome { get; init; }

    /// <summary>Why it failed.</summary>
    public OperationError? Error { get; init; }

    /// <summary>What was put back, a sentence each.</summary>
    public IReadOnlyList<string> Repairs { get; init; } = [];
}
