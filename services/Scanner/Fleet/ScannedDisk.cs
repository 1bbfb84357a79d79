using Sparsify.Contracts;

namespace Sparsify.Scanner.Fleet;

/// <summary>What the Scanner knows of a disk; of one that is gone, that it was.</summary>
public sealed class ScannedDisk
{
    /// <summary>Times of one measurement may differ by what a database or another service rounds away.</summary>
    public static readonly TimeSpan SameTime = TimeSpan.FromMilliseconds(1);

    /// <summary>The disk.</summary>
    public Guid Id { get; init; }

    /// <summary>Of the newest <see cref="DiskChanged"/>.</summary>
    public long Revision { get; set; }

    /// <summary>When its removal was heard, by this service's clock.</summary>
    public DateTimeOffset? RemovedAt { get; set; }

    /// <summary>The newest that was told of it.</summary>
    public DiskChanged Snapshot { get; set; } = null!;

    /// <summary>
    /// What was measured until then says nothing of the disk as it is now: an operation has completed. Just before the
    /// measurement at the end of its run where there is one, else when the last was made that was known as it completed.
    /// </summary>
    public DateTimeOffset? SettledAt { get; set; }

    /// <summary>The storage domain's name.</summary>
    public string StorageDomain { get; set; } = "";

    /// <summary>When it is to be measured next; null while it cannot be: it is locked, gone, or of a format that nothing reads.</summary>
    public DateTimeOffset? MeasureDueAt { get; set; }

    /// <summary>When a host was asked for it; null when it has answered.</summary>
    public DateTimeOffset? AskedAt { get; set; }

    /// <summary>When a host last answered, by this service's clock.</summary>
    public DateTimeOffset? AnsweredAt { get; set; }

    /// <summary>Of the state that was last measured; null when it must be measured in any case.</summary>
    public string? Stamp { get; set; }

    /// <summary>When that was measured, by the host's clock.</summary>
    public DateTimeOffset? StampedAt { get; set; }

    /// <summary>The operation that had just sparsified the disk when that was measured.</summary>
    public Guid? StampedBy { get; set; }

    /// <summary>The stamp of the figures that are known. Not that of others: hosts' clocks differ, and the Orchestrator keeps the figures that call themselves the newest.</summary>
    public string? KnownStamp => Snapshot.Measurement is { } known && StampedAt is { } at && (known.MeasuredAt - at).Duration() < SameTime ? Stamp : null;

    /// <summary>
    /// When the host that sparsified the disk for an operation measured it thereafter; null when it is not known to have
    /// done so, when others have called themselves newer, or when its clock is ahead: it would make later ones look old.
    /// </summary>
    public DateTimeOffset? MeasuredAfter(SparsifyDiskCompleted completed) =>
        StampedBy == completed.OperationId && StampedAt <= completed.CompletedAt && !(Snapshot.Measurement?.MeasuredAt >= StampedAt + SameTime) ? StampedAt : null;

    /// <summary>The figures that are known are those of the host that had just sparsified the disk.</summary>
    public bool IsMeasuredAfterRun => StampedBy is not null && KnownStamp is not null;

    /// <summary>
    /// From how many reclaimable bytes on growth is counted: what was left after the last operation, or when a policy was
    /// last triggered by growth. Null after an operation, until the disk is measured; 0 of a disk that never had one.
    /// </summary>
    public long? Baseline { get; set; } = 0;

    /// <summary>The measurement, unless it is from before the last operation.</summary>
    public VolumeMeasurement? Measurement => Snapshot.Measurement is { } known && (SettledAt is null || known.MeasuredAt > SettledAt) ? known : null;
}
