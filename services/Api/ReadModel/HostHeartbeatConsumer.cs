using MassTransit;
using Microsoft.EntityFrameworkCore;
using Sparsify.Contracts;
using Sparsify.Messaging;

namespace Sparsify.Api.ReadModel;

/// <summary>Keeps the last heartbeat of each host.</summary>
internal sealed class HostHeartbeatConsumer(ApiDbContext db, TimeProvider time) : IConsumer<HostHeartbeat>
{
    public async Task Consume(ConsumeContext<HostHeartbeat> context)
    {
        var heartbeat = context.Message;
        await db.SerialiseAsync(context.CancellationToken, $"host {heartbeat.Host}");
        var row = await db.Hosts.SingleOrDefaultAsync(h => h.Name == heartbeat.Host, context.CancellationToken);
        if (row is not null && row.Heartbeat.InstanceId == heartbeat.InstanceId && row.Heartbeat.SentAt > heartbeat.SentAt)
            return;
        row ??= db.Hosts.Add(new HostRow { Name = heartbeat.Host }).Entity;
        (row.Heartbeat, row.ReceivedAt) = (heartbeat, time.GetUtcNow());
    }
}
