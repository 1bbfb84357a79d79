using MassTransit;
using Sparsify.Contracts;

namespace Sparsify.HostWorker.Jobs;

/// <summary>Forgets an attempt whose end the Orchestrator has recorded.</summary>
internal sealed class VolumeJobClosedConsumer(JobJournal journal) : IConsumer<VolumeJobClosed>
{
    public Task Consume(ConsumeContext<VolumeJobClosed> context)
    {
        journal.Forget(context.Message.OperationId, context.Message.Attempt);
        return Task.CompletedTask;
    }
}
