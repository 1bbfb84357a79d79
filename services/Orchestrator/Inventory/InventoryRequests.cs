using MassTransit;
using Sparsify.Contracts;

namespace Sparsify.Orchestrator.Inventory;

/// <summary>Has the hosts report everything when this service starts. Keeps no state, so it needs no transaction.</summary>
internal sealed class InventoryRequests(IBusControl bus, TimeProvider time) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await bus.WaitForHealthStatus(BusHealthStatus.Healthy, stoppingToken);
        await bus.Publish(new InventoryRequested { RequestedAt = time.GetUtcNow() }, stoppingToken).WaitAsync(stoppingToken);
    }
}
