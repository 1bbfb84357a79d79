using MassTransit;
using Sparsify.Contracts;

namespace Sparsify.HostWorker.Discovery;

/// <summary>Reports everything again on request.</summary>
internal sealed class InventoryRequestedConsumer(InventorySignal signal) : IConsumer<InventoryRequested>
{
    public Task Consume(ConsumeContext<InventoryRequested> context)
    {
        signal.Raise();
        return Task.CompletedTask;
    }
}
