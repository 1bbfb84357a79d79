using System.Collections.Concurrent;
using MassTransit;
using Sparsify.Contracts;

namespace Sparsify.HostWorker.Tests.Jobs;

/// <summary>Gives every leave that a worker asks for, and notes what it is told.</summary>
public sealed class OrchestratorStandIn(OrchestratorStandIn.Notes notes)
    : IConsumer<RenewLease>, IConsumer<JournalVitalBytes>, IConsumer<VolumeJobSucceeded>, IConsumer<VolumeJobFailed>, IConsumer<VolumeJobCanceled>, IConsumer<VolumeRepaired>, IConsumer<HostHeartbeat>, IConsumer<ClaimVolumeJobs>
{
    public async Task Consume(ConsumeContext<RenewLease> context)
    {
        var renewal = context.Message;
        if (notes.Revoked is { } reason)
        {
            await context.RespondAsync(new LeaseRevoked { OperationId = renewal.OperationId, Attempt = renewal.Attempt, Reason = reason });
            return;
        }

        if (notes.IsSilent)
            return;
        notes.Renewals.Add(DateTimeOffset.UtcNow);
        await notes.BeforeRenewal();
        await context.RespondAsync(new LeaseRenewed { OperationId = renewal.OperationId, Attempt = renewal.Attempt, Duration = notes.Lease, CancelRequested = false });
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

    public Task Consume(ConsumeContext<HostHeartbeat> context)
    {
        notes.Heartbeats.Enqueue(context.Message);
        return Task.CompletedTask;
    }

    public Task Consume(ConsumeContext<ClaimVolumeJobs> context)
    {
        notes.Claims.Enqueue(context.Message);
        return Task.CompletedTask;
    }

    private Task Note(object end)
    {
        notes.End.TrySetResult(end);
        return Task.CompletedTask;
    }

    /// <summary>What it was told, and what it is to do.</summary>
    public sealed class Notes
    {
        public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(40);

        /// <summary>Renewals get no answer any more.</summary>
        public bool IsSilent { get; set; }

        /// <summary>Why leases are refused from now on.</summary>
        public string? Revoked { get; set; }

        /// <summary>Done before a renewal is answered.</summary>
        public Func<Task> BeforeRenewal { get; set; } = () => Task.CompletedTask;

        /// <summary>Done before vital bytes are acknowledged, which is the leave to start.</summary>
        public Func<Task> BeforeLeave { get; set; } = () => Task.CompletedTask;

        /// <summary>When renewals came that were granted.</summary>
        public ConcurrentBag<DateTimeOffset> Renewals { get; } = [];

        public ConcurrentQueue<HostHeartbeat> Heartbeats { get; } = [];

        public ConcurrentQueue<ClaimVolumeJobs> Claims { get; } = [];

        /// <summary>The first end of an attempt that was told.</summary>
        public TaskCompletionSource<object> End { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
