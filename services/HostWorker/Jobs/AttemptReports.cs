using Sparsify.Contracts;

namespace Sparsify.HostWorker.Jobs;

/// <summary>The messages that end an attempt.</summary>
internal static class AttemptReports
{
    public static VolumeJobSucceeded Succeeded(this AttemptRecord record, RunOutcome outcome, long sizeAfter, IReadOnlyList<string> warnings, DateTimeOffset endedAt) => new()
    {
        OperationId = record.Job.OperationId,
        Attempt = record.Job.Attempt,
        Generation = record.Job.Generation,
        Host = record.Job.Host,
        Outcome = outcome,
        Predicted = record.Predicted,
        SizeBefore = record.SizeBefore!.Value,
        SizeAfter = sizeAfter,
        Warnings = warnings,
        StartedAt = record.StartedAt!.Value,
        EndedAt = endedAt,
    };

    public static VolumeJobFailed Failed(
        this AttemptRecord record, OperationError error, bool retryable, DateTimeOffset endedAt, bool endedByItself = true, long? sizeAfter = null, IReadOnlyList<Violation>? violations = null) => new()
        {
            OperationId = record.Job.OperationId,
            Attempt = record.Job.Attempt,
            Generation = record.Job.Generation,
            Host = record.Job.Host,
            Error = error,
            Retryable = retryable,
            EndedByItself = endedByItself,
            Violations = violations ?? [],
            SizeBefore = record.SizeBefore,
            SizeAfter = sizeAfter,
            StartedAt = record.StartedAt,
            EndedAt = endedAt,
        };

    public static VolumeJobSkipped Skipped(this AttemptRecord record, long reclaimable, long size, DateTimeOffset endedAt) => new()
    {
        OperationId = record.Job.OperationId,
        Attempt = record.Job.Attempt,
        Generation = record.Job.Generation,
        Host = record.Job.Host,
        Reclaimable = reclaimable,
        Size = size,
        EndedAt = endedAt,
    };

    public static VolumeJobCanceled Canceled(this AttemptRecord record, DateTimeOffset endedAt, long? sizeAfter = null) => new()
    {
        OperationId = record.Job.OperationId,
        Attempt = record.Job.Attempt,
        Generation = record.Job.Generation,
        Host = record.Job.Host,
        SizeBefore = record.SizeBefore,
        SizeAfter = sizeAfter,
        EndedAt = endedAt,
    };

    public static VolumeRepaired Repaired(
        this AttemptRecord record, RepairOutcome outcome, long? sizeAfter, IReadOnlyList<string> repairs, IReadOnlyList<string> findings, DateTimeOffset endedAt) => new()
        {
            OperationId = record.Job.OperationId,
            Attempt = record.Job.Attempt,
            Generation = record.Job.Generation,
            Host = record.Job.Host,
            Outcome = outcome,
            Repairs = repairs,
            Findings = findings,
            SizeAfter = sizeAfter,
            EndedAt = endedAt,
        };

    /// <summary>Nothing was written, whoever has leave: the job may go to any host.</summary>
    public static VolumeJobFailed NotStarted(this AttemptRecord record, string reason, DateTimeOffset endedAt) =>
        record.Failed(new OperationError(FailureKind.Transient, $"The attempt was not started on host '{record.Job.Host}': {reason}"), retryable: true, endedAt);

    /// <summary>Given up in order, since the worker is told to stop: no fault of host or disk.</summary>
    public static VolumeJobFailed HandedBack(this AttemptRecord record, string what, DateTimeOffset endedAt, long? sizeAfter = null) =>
        record.Failed(new OperationError(FailureKind.Transient, $"The worker on host '{record.Job.Host}' was told to stop; {what}"), retryable: true, endedAt, sizeAfter: sizeAfter) with { HandedBack = true };
}
