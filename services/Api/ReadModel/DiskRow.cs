using Sparsify.Contracts;

namespace Sparsify.Api.ReadModel;

/// <summary>The newest known state of one disk.</summary>
public sealed class DiskRow
{
    public Guid Id { get; init; }

    public long Revision { get; set; }

    public bool Removed { get; set; }

    /// <summary>When that was heard; by this service's clock.</summary>
    public DateTimeOffset? RemovedAt { get; set; }

    public string StorageDomain { get; set; } = "";

    public bool Eligible { get; set; }

    /// <summary>Bytes that the storage gives up.</summary>
    public long ActualSize { get; set; }

    /// <summary>Bytes that a run would give back; null while it is not measured.</summary>
    public long? Reclaimable { get; set; }

    /// <summary>Bytes free in the guest that snapshots hold; null while it is not measured.</summary>
    public long? HeldBySnapshots { get; set; }

    /// <summary>It is not locked, not gone, and of a format that can be read.</summary>
    public bool CanBeMeasured { get; set; }

    /// <summary>When a host last looked at it; null while none has.</summary>
    public DateTimeOffset? LookedAt { get; set; }

    /// <summary>Why it could not be measured when a host last looked at it; null when it could.</summary>
    public string? NotMeasuredBecause { get; set; }

    /// <summary>The order of listings by what a run would give back, most first.</summary>
    public string ReclaimableKey { get; set; } = "";

    /// <summary>Name and path in lower case.</summary>
    public string SearchText { get; set; } = "";

    /// <summary>The order of listings: unique, and stable while the disk stays where it is.</summary>
    public string SortKey { get; set; } = "";

    public DiskChanged Snapshot { get; set; } = null!;

    /// <summary>Takes over a newer state.</summary>
    /// <param name="changed">What was told.</param>
    /// <param name="now">By this service's clock.</param>
    public void Apply(DiskChanged changed, DateTimeOffset now)
    {
        if (changed.Measurement is { } told && (LookedAt is null || told.MeasuredAt > LookedAt))
            (LookedAt, NotMeasuredBecause) = (told.MeasuredAt, null);
        CanBeMeasured = !changed.Removed && changed.OperationId is null && changed.Format != VolumeFormat.Other;
        Revision = changed.Revision;
        Removed = changed.Removed;
        RemovedAt = changed.Removed ? now : null;
        StorageDomain = changed.StorageDomain;
        Eligible = changed.Violations.Count == 0;
        ActualSize = changed.ActualSize;
        Reclaimable = changed.Measurement?.Reclaimable;
        HeldBySnapshots = changed.Measurement?.HeldBySnapshots;
        ReclaimableKey = $"{long.MaxValue - (Reclaimable ?? 0):D19}#{changed.DiskId}";
        SearchText = $"{changed.Name}\n{changed.Path}".ToLowerInvariant();
        SortKey = $"{changed.StorageDomain}/{changed.Path}#{changed.DiskId}";
        Snapshot = changed;
    }
}
