using System.Collections.Concurrent;
using MassTransit;
using Sparsify.Contracts;

namespace Sparsify.HostWorker.Tests.Jobs;

/// <summary>Gives every leave that a worker asks for, and notes what it is told.</summary>
public sealed class OrchestratorStandIn(OrchestratorStandIn.Notes notes)
    : IConsumer<RenewLease>, IConsumer<JournalVitalBytes>, IConsumer<VolumeJobSucceeded>, IConsumer<VolumeJobFailed>, IConsumer<VolumeJobCanceled>, IConsumer<VolumeRepaired>
{
    public Task Consume(ConsumeContext<RenewLease> context)
    {
        notes.Renewals.Add(DateTimeOffset.UtcNow);
        return context.RespondAsync(new LeaseRenewed { OperationId = context.Message.OperationId, Attempt = context.Message.Attempt, Duration = notes.Lease, CancelRequested = false });
    }

    public async Task Consume(ConsumeContext<JournalVitalBytes> context)
    {
        await notes.BeforeLeave();
        await context.RespondAsync(new VitalBytesJournaled { OperationId = context.Message.OperationId, Attempt = context.Message.Attempt, CancelRequested = false });
    }

    public Task Consume(ConsumeContext<VolumeJobSucceeded> context) => Note(context.Message);

    public Task Consume(ConsumeContext<VolumeJobFailed> context) => Note(context.Message);

    public Task Consume(ConsumeContext<VolumeJobCanceled> context) => Note(context.Message);

    public Task Consume(ConsumeContext<VolumeRepaired> context) => Note(context.Message);

    private Task Note(object end)
    {
        notes.End.TrySetResult(end);
        return Task.CompletedTask;
    }

    /// <summary>What it was told, and what it is to do.</summary>
    public sealed class Notes
    {
        public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(40);

        /// <summary>Done before vital bytes are acknowledged, which is the leave to start.</summary>
        public Func<Task> BeforeLeave { get; set; } = () => Task.CompletedTask;

        public ConcurrentBag<DateTimeOffset> Renewals { get; } = [];

        /// <summary>The first end of an attempt that was told.</summary>
        public TaskCompletionSource<object> End { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
