using MassTransit;
using Sparsify.Contracts;

namespace Sparsify.HostWorker.Jobs;

/// <summary>Asks a run to end with SIGINT.</summary>
internal sealed class CancelVolumeJobConsumer(JobRunner runner) : IConsumer<CancelVolumeJob>
{
    public Task Consume(ConsumeContext<CancelVolumeJob> context)
    {
        runner.Cancel(context.Message.OperationId, context.Message.Attempt);
        return Task.CompletedTask;
    }
}
