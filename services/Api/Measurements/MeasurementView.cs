using Sparsify.Api.ReadModel;

namespace Sparsify.Api.Measurements;

/// <summary>The last measurement of a disk on one day.</summary>
public sealed record MeasurementView
{
    /// <summary>The day, UTC.</summary>
    public required DateOnly Day { get; init; }

    /// <summary>When it was measured, UTC.</summary>
    public required DateTimeOffset MeasuredAt { get; init; }

    /// <summary>What the storage gave up, bytes.</summary>
    public required long ActualSize { get; init; }

    /// <summary>Bytes that a run would have given back.</summary>
    public required long Reclaimable { get; init; }

    /// <summary>Bytes free in the guest that snapshots held.</summary>
    public required long HeldBySnapshots { get; init; }

    /// <summary>False when a run might have given back another number.</summary>
    public required bool Exact { get; init; }

    /// <summary>The disk was in use: the figures are a hint, not a promise.</summary>
    public required bool Live { get; init; }

    internal static MeasurementView Of(MeasurementRow row) => new()
    {
        Day = row.Day,
        MeasuredAt = row.MeasuredAt,
        ActualSize = row.ActualSize,
        Reclaimable = row.Reclaimable,
        HeldBySnapshots = row.HeldBySnapshots,
        Exact = row.Exact,
        Live = row.Live,
    };
}
