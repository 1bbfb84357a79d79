using Sparsify.Api.ReadModel;
using Sparsify.Contracts;

namespace Sparsify.Api.Disks;

/// <summary>One disk.</summary>
public sealed record DiskView
{
    /// <summary>The disk.</summary>
    public required Guid Id { get; init; }

    /// <summary>Name for people.</summary>
    public required string Name { get; init; }

    /// <summary>The storage domain's name.</summary>
    public required string StorageDomain { get; init; }

    /// <summary>The leaf volume's path, relative to the storage domain's root.</summary>
    public required string Path { get; init; }

    /// <summary>The leaf volume's format.</summary>
    public required VolumeFormat Format { get; init; }

    /// <summary>The allocation policy.</summary>
    public required VolumeAllocation Allocation { get; init; }

    /// <summary>What the guest sees, bytes.</summary>
    public required long VirtualSize { get; init; }

    /// <summary>What the storage gives up, bytes.</summary>
    public required long ActualSize { get; init; }

    /// <summary>Bytes that a run would give back; absent while it is not measured.</summary>
    public long? Reclaimable { get; init; }

    /// <summary>Bytes free in the guest that snapshots hold; absent while it is not measured.</summary>
    public long? HeldBySnapshots { get; init; }

    /// <summary>When it was measured, UTC.</summary>
    public DateTimeOffset? MeasuredAt { get; init; }

    /// <summary>When a host last looked at it, UTC: it was measured then, or was as it had been when it was measured, or could not be measured.</summary>
    public DateTimeOffset? LookedAt { get; init; }

    /// <summary>Why it could not be measured when it was last looked at.</summary>
    public string? NotMeasuredBecause { get; init; }

    /// <summary>It was in use while it was measured: the figures are a hint, not a promise.</summary>
    public bool Live { get; init; }

    /// <summary>Its dead space has passed its thresholds: an alert lasts.</summary>
    public bool NeedsSparsify { get; init; }

    /// <summary>The VMs it is plugged into.</summary>
    public required IReadOnlyList<DiskVm> Vms { get; init; }

    /// <summary>No rule refuses it now.</summary>
    public required bool Eligible { get; init; }

    /// <summary>Every rule that refuses it now.</summary>
    public required IReadOnlyList<Violation> Violations { get; init; }

    /// <summary>The operation that holds its lock.</summary>
    public Guid? OperationId { get; init; }

    internal static DiskView Of(DiskRow row) => Of(row, row.Snapshot.Measurement);

    internal static DiskView Of(DiskRow row, VolumeMeasurement? measurement) => new()
    {
        Id = row.Id,
        Name = row.Snapshot.Name,
        StorageDomain = row.Snapshot.StorageDomain,
        Path = row.Snapshot.Path,
        Format = row.Snapshot.Format,
        Allocation = row.Snapshot.Allocation,
        VirtualSize = row.Snapshot.VirtualSize,
        ActualSize = row.Snapshot.ActualSize,
        Reclaimable = measurement?.Reclaimable,
        HeldBySnapshots = measurement?.HeldBySnapshots,
        MeasuredAt = measurement?.MeasuredAt,
        LookedAt = row.LookedAt,
        NotMeasuredBecause = row.NotMeasuredBecause,
        Live = measurement?.Live ?? false,
        Vms = row.Snapshot.Vms,
        Eligible = row.Eligible,
        Violations = row.Snapshot.Violations,
        OperationId = row.Snapshot.OperationId,
    };
}
