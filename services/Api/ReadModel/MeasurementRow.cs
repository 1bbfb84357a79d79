using Sparsify.Contracts;

namespace Sparsify.Api.ReadModel;

/// <summary>The last measurement of a disk on a day, UTC: one a day is enough for a trend, and a fleet can be kept for years.</summary>
public sealed class MeasurementRow
{
    public Guid DiskId { get; init; }

    public DateOnly Day { get; init; }

    public DateTimeOffset MeasuredAt { get; set; }

    public long ActualSize { get; set; }

    public long Reclaimable { get; set; }

    public long HeldBySnapshots { get; set; }

    public bool Exact { get; set; }

    public bool Live { get; set; }

    /// <summary>The day that a measurement belongs to.</summary>
    public static DateOnly DayOf(VolumeMeasurement measurement) => DateOnly.FromDateTime(measurement.MeasuredAt.UtcDateTime);

    /// <summary>Takes over a later measurement of the same day.</summary>
    /// <param name="measurement">The figures.</param>
    /// <param name="actualSize">What the storage gave up for the disk then, bytes.</param>
    public void Apply(VolumeMeasurement measurement, long actualSize) =>
        (MeasuredAt, ActualSize, Reclaimable, HeldBySnapshots, Exact, Live) =
            (measurement.MeasuredAt, actualSize, measurement.Reclaimable, measurement.HeldBySnapshots, measurement.Exact, measurement.Live);
}
