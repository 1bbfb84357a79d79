using MassTransit;
using Microsoft.EntityFrameworkCore;
using Sparsify.Contracts;
using Sparsify.Messaging;

namespace Sparsify.Api.ReadModel;

/// <summary>Keeps disks and the last measurement of each day; a removed disk stays as a mark, so that a late older event does not bring it back.</summary>
internal sealed class DiskChangedConsumer(ApiDbContext db, TimeProvider time) : IConsumer<DiskChanged>
{
    public async Task Consume(ConsumeContext<DiskChanged> context)
    {
        var changed = context.Message;
        await db.SerialiseAsync(context.CancellationToken, $"disk {changed.DiskId}");
        var row = await db.Disks.SingleOrDefaultAsync(d => d.Id == changed.DiskId, context.CancellationToken);
        if (row?.Revision >= changed.Revision)
            return;
        if (changed.Measurement is { } measurement && row?.Snapshot.Measurement?.MeasuredAt != measurement.MeasuredAt)
            await KeepAsync(changed.DiskId, measurement, changed.ActualSize, context.CancellationToken);
        (row ?? db.Disks.Add(new DiskRow { Id = changed.DiskId }).Entity).Apply(changed, time.GetUtcNow());
    }

    private async Task KeepAsync(Guid diskId, VolumeMeasurement measurement, long actualSize, CancellationToken cancellationToken)
    {
        var day = MeasurementRow.DayOf(measurement);
        var row = await db.Measurements.SingleOrDefaultAsync(m => m.DiskId == diskId && m.Day == day, cancellationToken);
        (row ?? db.Measurements.Add(new MeasurementRow { DiskId = diskId, Day = day }).Entity).Apply(measurement, actualSize);
    }
}
