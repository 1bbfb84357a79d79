using MassTransit;
using Microsoft.EntityFrameworkCore;
using Sparsify.Contracts;
using Sparsify.Messaging;
using Sparsify.Orchestrator.Jobs;
using Sparsify.Orchestrator.Storage;
using Host = Sparsify.Orchestrator.Inventory.Host;

namespace Sparsify.Orchestrator.Inventory;

/// <summary>Takes a host out of work, or back in.</summary>
internal sealed class HostDrainRequestedConsumer(OrchestratorDbContext db) : IConsumer<HostDrainRequested>
{
    public async Task Consume(ConsumeContext<HostDrainRequested> context)
    {
        var request = context.Message;
        await db.SerialiseAsync(context.CancellationToken, $"host {request.Host}");
        // Whoever asked has heard of the host: its heartbeat is only not here yet.
        var host = await db.Hosts.SingleOrDefaultAsync(h => h.Name == request.Host, context.CancellationToken)
            ?? db.Hosts.Add(new Host { Name = request.Host }).Entity;
        if (request.Revision <= host.DrainRevision)
            return;
        (host.Draining, host.DrainRevision) = (request.Draining, request.Revision);
        await context.Publish(new HostDrainChanged { Host = host.Name, Draining = host.Draining, Revision = host.DrainRevision }, context.CancellationToken);
    }

    internal sealed class Definition() : JobsEndpointDefinition<HostDrainRequestedConsumer>("orchestrator-drains");
}
