using MassTransit;
using Microsoft.EntityFrameworkCore;
using Sparsify.Contracts;
using Sparsify.Messaging;
using Sparsify.Orchestrator.Eligibility;
using Sparsify.Orchestrator.Inventory;
using Sparsify.Orchestrator.Storage;

namespace Sparsify.Orchestrator.Ingress;

/// <summary>Forgets a disk. Its lock, where an operation holds one, stays until that operation has ended.</summary>
internal sealed class DiskRemovedConsumer(OrchestratorDbContext db, DiskFactsReader facts, DiskChanges changes, TimeProvider time) : IConsumer<DiskRemoved>
{
    public async Task Consume(ConsumeContext<DiskRemoved> context)
    {
        var removed = context.Message;
        InputRules.Check(removed);
        // Every host of the domain reports it, and all at once.
        await db.SerialiseAsync(context.CancellationToken, $"disk {removed.DiskId}");
        var removedAt = removed.RemovedAt.NotAhead(time);
        var disk = await db.Disks.AsNoTracking().SingleOrDefaultAsync(d => d.Id == removed.DiskId, context.CancellationToken);
        if (disk is null)
            (await db.RemovedDisks.SingleOrDefaultAsync(d => d.Id == removed.DiskId, context.CancellationToken))?.Note(removed.Source, removedAt);
        if (disk is null || (removed.Source == ReportSource.Host && disk.KnownUpstream))
            return;
        if (removedAt < (removed.Source == ReportSource.Host ? disk.HostReportedAt : disk.UpstreamReportedAt))
            return;

        if (await facts.HoldAsync(disk.Id, context.CancellationToken) is { } held)
            (await changes.RemoveAsync(context, held, context.CancellationToken)).Note(removed.Source, removedAt);
    }

    internal sealed class Definition() : PublicInputDefinition<DiskRemovedConsumer>("disk-removed");
}
