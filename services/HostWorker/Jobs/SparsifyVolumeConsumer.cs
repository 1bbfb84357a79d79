using System.Diagnostics;
using MassTransit;
using Sparsify.Contracts;

namespace Sparsify.HostWorker.Jobs;

/// <summary>Takes a job on and lets its message go: no message stays unacknowledged while a disk is worked on.</summary>
internal sealed class SparsifyVolumeConsumer(JobRunner runner) : IConsumer<SparsifyVolume>
{
    public Task Consume(ConsumeContext<SparsifyVolume> context)
    {
        runner.Accept(new AttemptRecord { Job = context.Message, TraceParent = Activity.Current?.Id });
        return Task.CompletedTask;
    }
}
