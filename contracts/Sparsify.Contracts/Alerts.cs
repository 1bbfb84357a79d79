using System.Text.Json.Serialization;

namespace Sparsify.Contracts;

/// <summary>
/// A disk has more dead space than its thresholds allow. Published once when that begins, and again from time to time
/// while it lasts. A reader keeps the highest <see cref="Revision"/> of an alert it has seen.
/// </summary>
public sealed record SparsifyNeeded
{
    /// <summary>The alert; the same until it is cleared.</summary>
    public required Guid AlertId { get; init; }

    /// <summary>Grows by one with each message about this alert.</summary>
    public required int Revision { get; init; }

    /// <summary>The disk.</summary>
    public required Guid DiskId { get; init; }

    /// <summary>Name for people.</summary>
    public required string Name { get; init; }

    /// <summary>The storage domain's name.</summary>
    public required string StorageDomain { get; init; }

    /// <summary>The leaf volume's path, relative to the storage domain's root.</summary>
    public required string Path { get; init; }

    /// <summary>What the storage gives up, bytes.</summary>
    public required long ActualSize { get; init; }

    /// <summary>The measurement that passes the thresholds.</summary>
    public required VolumeMeasurement Measurement { get; init; }

    /// <summary>The thresholds that apply to the disk; both are passed.</summary>
    public required SparsifyThresholds Thresholds { get; init; }

    /// <summary>The policy that takes the disk and may have given the thresholds: its name.</summary>
    public string? PolicyName { get; init; }

    /// <summary>The VMs it is plugged into.</summary>
    public required IReadOnlyList<DiskVm> Vms { get; init; }

    /// <summary>What must be done before it can be sparsified; empty when nothing speaks against it now.</summary>
    public required IReadOnlyList<Violation> Violations { get; init; }

    /// <summary>When the alert was raised, UTC.</summary>
    public required DateTimeOffset RaisedAt { get; init; }

    /// <summary>When this was said, UTC: later than <see cref="RaisedAt"/> for a repetition.</summary>
    public required DateTimeOffset At { get; init; }
}

/// <summary>An alert is over.</summary>
public sealed record SparsifyNeedCleared
{
    /// <summary>The alert.</summary>
    public required Guid AlertId { get; init; }

    /// <summary>Grows by one with each message about this alert.</summary>
    public required int Revision { get; init; }

    /// <summary>The disk.</summary>
    public required Guid DiskId { get; init; }

    /// <summary>Why.</summary>
    public required NeedClearedReason Reason { get; init; }

    /// <summary>Bytes that a run would give back by the last measurement; absent when there is none after the run.</summary>
    public long? Reclaimable { get; init; }

    /// <summary>When the alert was raised, UTC.</summary>
    public required DateTimeOffset RaisedAt { get; init; }

    /// <summary>When it was cleared, UTC.</summary>
    public required DateTimeOffset ClearedAt { get; init; }
}

/// <summary>How much dead space a disk may have; it needs sparsifying when both are passed.</summary>
/// <param name="Bytes">Reclaimable bytes.</param>
/// <param name="Share">Reclaimable share of the actual size, 0 to 1.</param>
public sealed record SparsifyThresholds(long Bytes, double Share);

/// <summary>Why an alert is over.</summary>
[JsonConverter(typeof(CamelCaseWordConverter<NeedClearedReason>))]
public enum NeedClearedReason
{
    /// <summary>There is clearly less to give back than the thresholds say.</summary>
    BelowThreshold,

    /// <summary>An operation has completed on the disk.</summary>
    Sparsified,

    /// <summary>The disk is gone.</summary>
    DiskRemoved,
}
