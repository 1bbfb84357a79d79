using System.Diagnostics;
using MassTransit;
using Sparsify.Contracts;
using Sparsify.HostWorker.Jobs;

namespace Sparsify.HostWorker.Repairs;

/// <summary>Takes a look at a disk on and lets its message go.</summary>
internal sealed class RepairVolumeConsumer(JobRunner runner) : IConsumer<RepairVolume>
{
    public Task Consume(ConsumeContext<RepairVolume> context)
    {
        runner.Accept(new AttemptRecord { Job = context.Message.Job, IsRepair = true, Journaled = context.Message.Journaled, TraceParent = Activity.Current?.Id });
        return Task.CompletedTask;
    }
}
