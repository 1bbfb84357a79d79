using MassTransit;
using Sparsify.Contracts;
using Sparsify.Messaging;

namespace Sparsify.Orchestrator.Inventory;

/// <summary>Has the hosts report everything when this service starts. Keeps no state, so it needs no transaction.</summary>
internal sealed class InventoryRequests(IBusControl bus, TimeProvider time, ILogger<InventoryRequests> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await bus.WaitForHealthStatus(BusHealthStatus.Healthy, stoppingToken);
        while (!await TryAskAsync(stoppingToken))
            await Task.Delay(Pause, time, stoppingToken);
    }

    /// <returns>False when the broker does not take it now.</returns>
    private async Task<bool> TryAskAsync(CancellationToken stoppingToken)
    {
        try
        {
            await bus.TellAsync(new InventoryRequested { RequestedAt = time.GetUtcNow() }, time, stoppingToken);
            return true;
        }
        catch (MassTransitException e)
        {
            logger.LogWarning("The hosts cannot be asked for their disks now: {Reason}", e.Message);
            return false;
        }
    }
}
