using MassTransit;
using Sparsify.Contracts;

namespace Sparsify.HostWorker.Jobs;

/// <summary>Forgets an attempt whose end the Orchestrator has recorded.</summary>
internal sealed class VolumeJobClosedConsumer(JobJournal journal, JobRunner runner) : IConsumer<VolumeJobClosed>
{
    public Task Consume(ConsumeContext<VolumeJobClosed> context)
    {
        var (operation, attempt) = (context.Message.OperationId, context.Message.Attempt);
        // Given up there, and still at work here: its note and the files of its run are needed. Its own end will be closed too.
        if (!runner.Holds(operation, attempt))
            journal.Forget(operation, attempt);
        return Task.CompletedTask;
    }
}
