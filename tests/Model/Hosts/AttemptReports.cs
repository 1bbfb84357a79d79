using Sparsify.Contracts;

namespace Sparsify.Model.Hosts;

/// <summary>What a host says of an attempt.</summary>
internal static class AttemptReports
{
    public static VolumeJobStarted Started(this HostAttempt a, DateTimeOffset now) => new()
    {
        OperationId = a.Job.OperationId,
        Attempt = a.Job.Attempt,
        Generation = a.Job.Generation,
        Host = a.Host,
        SizeBefore = 1000,
        StartedAt = now,
    };

    public static VolumeJobSucceeded Succeeded(this HostAttempt a, DateTimeOffset now) => new()
    {
        OperationId = a.Job.OperationId,
        Attempt = a.Job.Attempt,
        Generation = a.Job.Generation,
        Host = a.Host,
        Outcome = RunOutcome.Reclaimed,
        SizeBefore = 1000,
        SizeAfter = 400,
        StartedAt = now,
        EndedAt = now,
    };

    public static VolumeJobSkipped Skipped(this HostAttempt a, DateTimeOffset now) => new()
    {
        OperationId = a.Job.OperationId,
        Attempt = a.Job.Attempt,
        Generation = a.Job.Generation,
        Host = a.Host,
        Reclaimable = 0,
        Size = 1000,
        EndedAt = now,
    };

    public static VolumeJobFailed Failed(this HostAttempt a, DateTimeOffset now, bool retryable, bool endedByItself = true) => new()
    {
        OperationId = a.Job.OperationId,
        Attempt = a.Job.Attempt,
        Generation = a.Job.Generation,
        Host = a.Host,
        Error = new OperationError(endedByItself ? FailureKind.Transient : FailureKind.HostLost, "It failed."),
        Retryable = retryable,
        EndedByItself = endedByItself,
        EndedAt = now,
    };

    public static VolumeJobCanceled Canceled(this HostAttempt a, DateTimeOffset now) => new()
    {
        OperationId = a.Job.OperationId,
        Attempt = a.Job.Attempt,
        Generation = a.Job.Generation,
        Host = a.Host,
        EndedAt = now,
    };

    public static VolumeRepaired Repaired(this HostAttempt a, DateTimeOffset now, RepairOutcome outcome) => new()
    {
        OperationId = a.Job.OperationId,
        Attempt = a.Job.Attempt,
        Generation = a.Job.Generation,
        Host = a.Host,
        Outcome = outcome,
        Repairs = outcome == RepairOutcome.Repaired ? ["Wrote a header back."] : [],
        Findings = outcome == RepairOutcome.NotProvable ? ["Something is gone."] : [],
        EndedAt = now,
    };
}
