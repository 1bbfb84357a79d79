using Sparsify.Contracts;

namespace Sparsify.Orchestrator.Operations.Steps;

/// <summary>How an attempt ended, whichever message said so.</summary>
internal sealed record AttemptEnd(int Attempt, long Generation, string Host, string Outcome, DateTimeOffset? StartedAt, DateTimeOffset EndedAt, long? SizeBefore, long? SizeAfter, OperationError? Error)
{
    /// <summary>The disk is as a run leaves it that ended by itself: nothing is to be put back.</summary>
    public required bool IsSound { get; init; }

    /// <summary>Its host gave it up in order and through no fault of host or disk: it counts neither as a run nor against the host.</summary>
    public bool HandedBack { get; init; }

    /// <summary>The host said it; else it was found here that the host says nothing any more.</summary>
    public bool IsResult { get; init; } = true;

    /// <summary>What a repair put back.</summary>
    public IReadOnlyList<string> Repairs { get; init; } = [];

    public static AttemptEnd Of(VolumeJobSucceeded m) => new(m.Attempt, m.Generation, m.Host, m.Outcome.ToString(), m.StartedAt, m.EndedAt, m.SizeBefore, m.SizeAfter, null) { IsSound = true };

    public static AttemptEnd Of(VolumeJobFailed m) => new(m.Attempt, m.Generation, m.Host, "Failed", m.StartedAt, m.EndedAt, m.SizeBefore, m.SizeAfter, m.Error) { IsSound = m.EndedByItself, HandedBack = m is { HandedBack: true, EndedByItself: true, Retryable: true } };

    public static AttemptEnd Of(VolumeJobSkipped m) => new(m.Attempt, m.Generation, m.Host, "Skipped", null, m.EndedAt, m.Size, null, null) { IsSound = true };

    public static AttemptEnd Of(VolumeJobCanceled m) => new(m.Attempt, m.Generation, m.Host, "Canceled", null, m.EndedAt, m.SizeBefore, m.SizeAfter, null) { IsSound = true };

    public static AttemptEnd Of(VolumeJobLost m) => new(m.Attempt, m.Generation, m.Host, "Lost", null, m.LeaseEndedAt, null, null, new OperationError(
        FailureKind.HostLost,
        $"Host '{m.Host}' did not renew its lease for attempt {m.Attempt}, which ended at {m.LeaseEndedAt:u}: whether it still wrote, and what it left, is not known."))
    {
        IsSound = false,
        IsResult = false,
    };

    public static AttemptEnd Of(VolumeRepaired m) => new(m.Attempt, m.Generation, m.Host, m.Outcome.ToString(), null, m.EndedAt, null, m.SizeAfter, m.Outcome == RepairOutcome.NotProvable
        ? new OperationError(FailureKind.HostLost, $"After a run that was cut off host '{m.Host}' cannot prove the disk sound: {string.Join(' ', m.Findings)} Look at the disk before its VM starts.")
        : null)
    {
        IsSound = m.Outcome != RepairOutcome.NotProvable,
        Repairs = m.Repairs,
    };

    /// <summary>Belongs to the operation's lock and to an attempt that has not been ended before.</summary>
    public bool IsCurrent(Operation operation) => Generation == operation.Generation && Attempt > operation.LastClosedAttempt;
}
