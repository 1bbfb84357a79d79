using MassTransit;
using Microsoft.EntityFrameworkCore;
using Sparsify.Contracts;
using Sparsify.Messaging;
using Sparsify.Orchestrator.Ingress;
using Sparsify.Orchestrator.Storage;

namespace Sparsify.Orchestrator.Inventory;

/// <summary>Keeps what a host has measured, where that is newer than what is known.</summary>
internal sealed class VolumeMeasuredConsumer(OrchestratorDbContext db, DiskChanges changes, TimeProvider time) : IConsumer<VolumeMeasured>
{
    public async Task Consume(ConsumeContext<VolumeMeasured> context)
    {
        var measured = context.Message;
        await db.SerialiseAsync(context.CancellationToken, $"volume {measured.StorageDomain}/{measured.Path}");
        var disk = await db.Disks.SingleOrDefaultAsync(d => d.StorageDomain == measured.StorageDomain && d.Path == measured.Path, context.CancellationToken);
        var measurement = measured.Measurement with { MeasuredAt = measured.Measurement.MeasuredAt.NotAhead(time) };
        if (disk is null || disk.Measurement?.MeasuredAt >= measurement.MeasuredAt)
            return;
        // What was read in the middle of a run says nothing of the disk before it or after it.
        if (measurement.Live && await db.DiskLocks.AnyAsync(l => l.DiskId == disk.Id, context.CancellationToken))
            return;
        (disk.Measurement, disk.ActualSize) = (measurement, measured.ActualSize);
        disk.Encrypted = measured.Encrypted ?? disk.Encrypted;
        disk.VolumeGroupIncomplete = measured.VolumeGroupIncomplete ?? disk.VolumeGroupIncomplete;
        // From here on the disk's row is held: the lock's end, which tells this too, is either still to come or already seen.
        await db.SaveChangesAsync(context.CancellationToken);
        if (measured.OperationId is { } operationId && await db.DiskLocks.AnyAsync(l => l.DiskId == disk.Id && l.OperationId == operationId, context.CancellationToken))
            return;
        await changes.PublishAsync(context, disk.Id, context.CancellationToken);
    }

    internal sealed class Definition : ConsumerDefinition<VolumeMeasuredConsumer>
    {
        public Definition() => EndpointName = "orchestrator-measurements";

        protected override void ConfigureConsumer(IReceiveEndpointConfigurator endpointConfigurator, IConsumerConfigurator<VolumeMeasuredConsumer> consumerConfigurator, IRegistrationContext context) =>
            endpointConfigurator.UseTransactionalConsumers<OrchestratorDbContext>(context);
    }
}
