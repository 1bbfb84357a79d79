using Sparsify.Api.ReadModel;
using Sparsify.Contracts;

namespace Sparsify.Api.Operations;

/// <summary>One operation.</summary>
public sealed record OperationView
{
    /// <summary>The operation; the request id.</summary>
    public required Guid Id { get; init; }

    /// <summary>The disk.</summary>
    public required Guid DiskId { get; init; }

    /// <summary>The state.</summary>
    public required OperationState State { get; init; }

    /// <summary>What started it.</summary>
    public required OperationTrigger Trigger { get; init; }

    /// <summary>Who asked.</summary>
    public string? RequestedBy { get; init; }

    /// <summary>The policy that chose the disk, and its run.</summary>
    public PolicyReference? Policy { get; init; }

    /// <summary>Order among waiting jobs.</summary>
    public required OperationPriority Priority { get; init; }

    /// <summary>The current or last attempt, from 1; 0 before the first.</summary>
    public required int Attempt { get; init; }

    /// <summary>The host of the current or last attempt.</summary>
    public string? Host { get; init; }

    /// <summary>Every attempt so far, in order; looks at the disk after a run that was cut off are attempts of the kind repair.</summary>
    public required IReadOnlyList<OperationAttempt> Attempts { get; init; }

    /// <summary>How far the current attempt is, 0 to 1.</summary>
    public required double Progress { get; init; }

    /// <summary>The current step, in virt-sparsify's words.</summary>
    public string? Stage { get; init; }

    /// <summary>Bytes that the operation was to give back, as measured just before its first run; of a skipped one what it would have.</summary>
    public long? Predicted { get; init; }

    /// <summary>Allocated bytes before the first run.</summary>
    public long? SizeBefore { get; init; }

    /// <summary>Allocated bytes after.</summary>
    public long? SizeAfter { get; init; }

    /// <summary>Bytes given back; negative when the volume grew.</summary>
    public long? Reclaimed { get; init; }

    /// <summary>What came of a completed run.</summary>
    public RunOutcome? Outcome { get; init; }

    /// <summary>What was passed over, each with its reason.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Why it was rejected, or what it waits for.</summary>
    public required IReadOnlyList<Violation> Violations { get; init; }

    /// <summary>Why it failed or needs attention.</summary>
    public OperationError? Error { get; init; }

    /// <summary>The W3C trace id.</summary>
    public string? TraceId { get; init; }

    /// <summary>When it was asked for, UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the first attempt started, UTC.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When the final state was reached, UTC.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    internal static OperationView Of(OperationRow row)
    {
        var known = row.Snapshot;
        var running = row.State is OperationState.Running or OperationState.Canceling && row.ProgressAttempt == Math.Max(1, known.Attempt);
        return new OperationView
        {
            Id = row.Id,
            DiskId = row.DiskId,
            State = row.State,
            Trigger = known.Trigger,
            RequestedBy = known.RequestedBy,
            Policy = known.Policy,
            Priority = known.Priority,
            Attempt = known.Attempt,
            Host = known.Host,
            Attempts = known.Attempts,
            Progress = row.State == OperationState.Completed ? 1 : running ? row.Fraction : 0,
            Stage = running ? row.Stage : null,
            Predicted = known.Predicted,
            SizeBefore = known.SizeBefore,
            SizeAfter = known.SizeAfter,
            Reclaimed = known.SizeBefore - known.SizeAfter,
            Outcome = known.Outcome,
            Warnings = known.Warnings,
            Violations = known.Violations,
            Error = known.Error,
            TraceId = known.TraceId,
            CreatedAt = known.CreatedAt,
            StartedAt = known.StartedAt,
            FinishedAt = known.FinishedAt,
        };
    }
}
