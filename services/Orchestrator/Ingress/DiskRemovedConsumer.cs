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
        if (await facts.HoldAsync(removed.DiskId, context.CancellationToken) is not { } held)
            (await db.RemovedDisks.SingleOrDefaultAsync(d => d.Id == removed.DiskId, context.CancellationToken))?.Note(removed.Source, removedAt);
        else if (!(removed.Source == ReportSource.Host && held.Disk.KnownUpstream) && !held.Disk.IsReportedAfter(removed.Source, removedAt))
            (await changes.RemoveAsync(context, held, context.CancellationToken)).Note(removed.Source, removedAt);
    }

    internal sealed class Definition() : PublicInputDefinition<DiskRemovedConsumer>("disk-removed");
}
