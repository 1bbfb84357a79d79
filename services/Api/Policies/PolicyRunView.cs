using Sparsify.Api.ReadModel;
using Sparsify.Contracts;

namespace Sparsify.Api.Policies;

/// <summary>The report of a policy's run.</summary>
public sealed record PolicyRunView
{
    /// <summary>The run.</summary>
    public required Guid Id { get; init; }

    /// <summary>The policy.</summary>
    public required Guid PolicyId { get; init; }

    /// <summary>The policy's name then.</summary>
    public required string PolicyName { get; init; }

    /// <summary>What started it.</summary>
    public required PolicyRunCause Cause { get; init; }

    /// <summary>Who asked.</summary>
    public string? RequestedBy { get; init; }

    /// <summary>What has become of it.</summary>
    public required PolicyRunState State { get; init; }

    /// <summary>Why it ended before its time or was left out, or why it started late.</summary>
    public string? Reason { get; init; }

    /// <summary>When it was due, UTC.</summary>
    public required DateTimeOffset ScheduledAt { get; init; }

    /// <summary>When it started, or was left out, UTC.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it ended, UTC; absent while it goes on.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Disks that the selector fits.</summary>
    public required int Considered { get; init; }

    /// <summary>Disks that were chosen.</summary>
    public required int Chosen { get; init; }

    /// <summary>Bytes given back in all.</summary>
    public required long Reclaimed { get; init; }

    /// <summary>The disks: those chosen in the order of their turns, then those passed over with most to give back.</summary>
    public required IReadOnlyList<PolicyRunDisk> Disks { get; init; }

    /// <summary>Considered disks that are not listed.</summary>
    public required int Omitted { get; init; }

    internal static PolicyRunView Of(PolicyRunRow row) => Of(row.Snapshot);

    internal static PolicyRunView Of(PolicyRunChanged known) => new()
    {
        Id = known.RunId,
        PolicyId = known.PolicyId,
        PolicyName = known.PolicyName,
        Cause = known.Cause,
        RequestedBy = known.RequestedBy,
        State = known.State,
        Reason = known.Reason,
        ScheduledAt = known.ScheduledAt,
        StartedAt = known.StartedAt,
        EndedAt = known.EndedAt,
        Considered = known.Considered,
        Chosen = known.Chosen,
        Reclaimed = known.Reclaimed,
        Disks = known.Disks,
        Omitted = known.Omitted,
    };
}
