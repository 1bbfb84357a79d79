using MassTransit;
using Microsoft.EntityFrameworkCore;
using Sparsify.Contracts;
using Sparsify.Messaging;
using Sparsify.Orchestrator.Storage;
using Host = Sparsify.Orchestrator.Inventory.Host;

namespace Sparsify.Orchestrator.Inventory;

/// <summary>Keeps which hosts live and which storage domains they reach.</summary>
internal sealed class HostHeartbeatConsumer(OrchestratorDbContext db, TimeProvider time) : IConsumer<HostHeartbeat>
{
    public async Task Consume(ConsumeContext<HostHeartbeat> context)
    {
        var heartbeat = context.Message;
        await db.SerialiseAsync(context.CancellationToken, $"host {heartbeat.Host}");
        var host = await db.Hosts.SingleOrDefaultAsync(h => h.Name == heartbeat.Host, context.CancellationToken)
            ?? db.Hosts.Add(new Host { Name = heartbeat.Host }).Entity;
        host.InstanceId = heartbeat.InstanceId;
        host.Slots = heartbeat.Slots;
        host.Claims = heartbeat.NotClaimingBecause is null;
        host.StorageDomains = [.. heartbeat.StorageDomains];
        host.AliveUntil = time.GetUtcNow() + heartbeat.TimeToLive;
    }

    internal sealed class Definition : ConsumerDefinition<HostHeartbeatConsumer>
    {
        public Definition() => EndpointName = "orchestrator-hosts";

        protected override void ConfigureConsumer(IReceiveEndpointConfigurator endpointConfigurator, IConsumerConfigurator<HostHeartbeatConsumer> consumerConfigurator, IRegistrationContext context) =>
            endpointConfigurator.UseTransactionalConsumers<OrchestratorDbContext>(context);
    }
}
