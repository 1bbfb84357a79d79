using Sparsify.Api.ReadModel;
using Sparsify.Contracts;

namespace Sparsify.Api.Alerts;

/// <summary>One alert: that a disk needs, or needed, sparsifying.</summary>
public sealed record AlertView
{
    /// <summary>The alert.</summary>
    public required Guid Id { get; init; }

    /// <summary>The disk.</summary>
    public required Guid DiskId { get; init; }

    /// <summary>The disk's name.</summary>
    public required string Name { get; init; }

    /// <summary>The storage domain's name.</summary>
    public required string StorageDomain { get; init; }

    /// <summary>The leaf volume's path, relative to the storage domain's root.</summary>
    public required string Path { get; init; }

    /// <summary>What the storage gave up when it was last said, bytes.</summary>
    public required long ActualSize { get; init; }

    /// <summary>Bytes that a run would have given back then.</summary>
    public required long Reclaimable { get; init; }

    /// <summary>Bytes free in the guest that snapshots held then.</summary>
    public required long HeldBySnapshots { get; init; }

    /// <summary>The thresholds that were passed.</summary>
    public required SparsifyThresholds Thresholds { get; init; }

    /// <summary>The policy that takes the disk: its name.</summary>
    public string? PolicyName { get; init; }

    /// <summary>What had to be done before it could be sparsified.</summary>
    public required IReadOnlyList<Violation> Violations { get; init; }

    /// <summary>When it was raised, UTC.</summary>
    public required DateTimeOffset RaisedAt { get; init; }

    /// <summary>When it was last said, UTC.</summary>
    public required DateTimeOffset SaidAt { get; init; }

    /// <summary>When it was cleared, UTC; absent while it lasts.</summary>
    public DateTimeOffset? ClearedAt { get; init; }

    /// <summary>Why it was cleared.</summary>
    public NeedClearedReason? ClearedBecause { get; init; }

    internal static AlertView Of(AlertRow row) => new()
    {
        Id = row.Id,
        DiskId = row.DiskId,
        Name = row.Snapshot!.Name,
        StorageDomain = row.StorageDomain,
        Path = row.Snapshot.Path,
        ActualSize = row.Snapshot.ActualSize,
        Reclaimable = row.Snapshot.Measurement.Reclaimable,
        HeldBySnapshots = row.Snapshot.Measurement.HeldBySnapshots,
        Thresholds = row.Snapshot.Thresholds,
        PolicyName = row.Snapshot.PolicyName,
        Violations = row.Snapshot.Violations,
        RaisedAt = row.Snapshot.RaisedAt,
        SaidAt = row.Snapshot.At,
        ClearedAt = row.ClearedAt,
        ClearedBecause = row.Reason,
    };
}
