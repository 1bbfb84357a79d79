using System.Text.Json.Serialization;

namespace Sparsify.Contracts;

/// <summary>A policy after a change. A reader keeps the highest <see cref="Revision"/> it has seen.</summary>
public sealed record PolicyChanged
{
    /// <summary>The policy.</summary>
    public required Guid PolicyId { get; init; }

    /// <summary>Counts the changes of this policy from 1.</summary>
    public required int Revision { get; init; }

    /// <summary>It is gone; the other fields say what it was.</summary>
    public bool Removed { get; init; }

    /// <summary>What it says.</summary>
    public required Policy Policy { get; init; }

    /// <summary>The file that gives it, by name; such a policy is changed there and nowhere else.</summary>
    public string? File { get; init; }

    /// <summary>Why what the file says by now is refused, with file and line: what it said before stays in force.</summary>
    public string? FileProblem { get; init; }

    /// <summary>When it was changed, UTC.</summary>
    public required DateTimeOffset ChangedAt { get; init; }
}

/// <summary>
/// The report of a policy's run after a change. A reader keeps the highest <see cref="Revision"/> it has seen. The disks
/// are those chosen, then those passed over with most to give back; <see cref="Omitted"/> says how many are left out.
/// </summary>
public sealed record PolicyRunChanged
{
    /// <summary>The run.</summary>
    public required Guid RunId { get; init; }

    /// <summary>Counts the changes of this run from 1.</summary>
    public required int Revision { get; init; }

    /// <summary>The policy.</summary>
    public required Guid PolicyId { get; init; }

    /// <summary>The policy's name then.</summary>
    public required string PolicyName { get; init; }

    /// <summary>What started it.</summary>
    public required PolicyRunCause Cause { get; init; }

    /// <summary>Who asked, when a person did; free text.</summary>
    public string? RequestedBy { get; init; }

    /// <summary>What has become of it.</summary>
    public required PolicyRunState State { get; init; }

    /// <summary>Why it ended before its time or was left out, or why it started late.</summary>
    public string? Reason { get; init; }

    /// <summary>When it was due, UTC; with the policy this identifies the run.</summary>
    public required DateTimeOffset ScheduledAt { get; init; }

    /// <summary>When that was decided, UTC.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When no operation of it was left, UTC.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Disks that the selector fits.</summary>
    public required int Considered { get; init; }

    /// <summary>Disks that were chosen.</summary>
    public required int Chosen { get; init; }

    /// <summary>Bytes that its operations have given back in all.</summary>
    public required long Reclaimed { get; init; }

    /// <summary>The disks, each with what came of it.</summary>
    public IReadOnlyList<PolicyRunDisk> Disks { get; init; } = [];

    /// <summary>Considered disks that are not listed.</summary>
    public int Omitted { get; init; }
}

/// <summary>A disk in a policy's run or preview.</summary>
public sealed record PolicyRunDisk
{
    /// <summary>The disk.</summary>
    public required Guid DiskId { get; init; }

    /// <summary>Name for people.</summary>
    public required string Name { get; init; }

    /// <summary>The storage domain's name.</summary>
    public required string StorageDomain { get; init; }

    /// <summary>The leaf volume's path, relative to the storage domain's root.</summary>
    public required string Path { get; init; }

    /// <summary>What the storage gave up, bytes.</summary>
    public required long ActualSize { get; init; }

    /// <summary>Bytes that an operation would have given back; absent when it was not measured.</summary>
    public long? Reclaimable { get; init; }

    /// <summary>Whether it was chosen, or why not.</summary>
    public required PolicyVerdict Verdict { get; init; }

    /// <summary>The policy that takes the disk, where another does: its name.</summary>
    public string? TakenBy { get; init; }

    /// <summary>What had to be done before the disk could be sparsified.</summary>
    public IReadOnlyList<Violation> Violations { get; init; } = [];

    /// <summary>The operation.</summary>
    public Guid? OperationId { get; init; }

    /// <summary>What became of the operation; absent while it has not ended.</summary>
    public OperationState? Outcome { get; init; }

    /// <summary>Bytes given back; negative when the volume grew.</summary>
    public long? Reclaimed { get; init; }

    /// <summary>Why the operation failed or was refused.</summary>
    public string? Problem { get; init; }
}

/// <summary>What started a policy's run.</summary>
[JsonConverter(typeof(CamelCaseWordConverter<PolicyRunCause>))]
public enum PolicyRunCause
{
    /// <summary>The clock.</summary>
    Schedule,

    /// <summary>Something happened to disks.</summary>
    Event,

    /// <summary>A person or a system asked.</summary>
    Manual,
}

/// <summary>What has become of a policy's run.</summary>
[JsonConverter(typeof(WordConverter<PolicyRunState>))]
public enum PolicyRunState
{
    /// <summary>Operations are going on or wait for their turn.</summary>
    Running,

    /// <summary>Every chosen disk had its turn.</summary>
    Completed,

    /// <summary>It ended before every chosen disk had its turn; the reason says why.</summary>
    Stopped,

    /// <summary>It was left out: the one before still went on.</summary>
    Skipped,

    /// <summary>It was due while no Scanner ran, longer ago than may be made up.</summary>
    Missed,
}

/// <summary>Whether a policy chooses a disk, or why not.</summary>
[JsonConverter(typeof(CamelCaseWordConverter<PolicyVerdict>))]
public enum PolicyVerdict
{
    /// <summary>It is chosen; with an operation once that has been asked for.</summary>
    Chosen,

    /// <summary>It needs sparsifying, and the policy only raises alerts.</summary>
    AlertOnly,

    /// <summary>The policy's exclusions fit it.</summary>
    Excluded,

    /// <summary>A policy with a narrower selector takes it.</summary>
    TakenByAnother,

    /// <summary>Nobody has measured it since the last operation.</summary>
    NotMeasured,

    /// <summary>It has too little dead space.</summary>
    BelowThreshold,

    /// <summary>An operation holds it.</summary>
    Locked,

    /// <summary>Eligibility rules refuse it; the violations say which.</summary>
    Ineligible,

    /// <summary>As many as a run may take have more to give back.</summary>
    OverLimit,

    /// <summary>Its turn would have come outside the policy's window.</summary>
    OutsideWindow,

    /// <summary>Its turn had not come when the run's minutes were over.</summary>
    OutOfTime,

    /// <summary>The run had given back its bytes before.</summary>
    OutOfBytes,

    /// <summary>The run was ended before its turn.</summary>
    RunEnded,
}
