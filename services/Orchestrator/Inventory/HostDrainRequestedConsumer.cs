using MassTransit;
using Microsoft.EntityFrameworkCore;
using Sparsify.Contracts;
using Sparsify.Messaging;
using Sparsify.Orchestrator.Jobs;
using Sparsify.Orchestrator.Storage;

namespace Sparsify.Orchestrator.Inventory;

/// <summary>Takes a host out of work, or back in.</summary>
internal sealed class HostDrainRequestedConsumer(OrchestratorDbContext db, ILogger<HostDrainRequestedConsumer> logger) : IConsumer<HostDrainRequested>
{
    public async Task Consume(ConsumeContext<HostDrainRequested> context)
    {
        var request = context.Message;
        await db.SerialiseAsync(context.CancellationToken, $"host {request.Host}");
        if (await db.Hosts.SingleOrDefaultAsync(h => h.Name == request.Host, context.CancellationToken) is not { } host)
        {
            logger.LogWarning("Host {Host} is not known and cannot be drained.", request.Host);
            return;
        }

        host.Draining = request.Draining;
        await context.Publish(new HostDrainChanged { Host = host.Name, Draining = host.Draining }, context.CancellationToken);
    }

    internal sealed class Definition() : JobsEndpointDefinition<HostDrainRequestedConsumer>("orchestrator-drains");
}
