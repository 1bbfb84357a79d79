using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Sparsify.Contracts;
using Sparsify.Messaging;
using Sparsify.Orchestrator.Jobs;
using Sparsify.Orchestrator.Storage;

namespace Sparsify.Orchestrator.Operations.Steps;

/// <summary>Ends attempts in the job table and decides whether another follows.</summary>
internal sealed class AttemptClosing(OrchestratorDbContext db, TimeProvider time, IOptions<OrchestratorOptions> options, ILogger<AttemptClosing> logger)
{
    /// <summary>Records the end of the current attempt in operation, history and job, ends its lease, and lets the host forget it.</summary>
    public async Task CloseAsync(BehaviorContext<Operation> context, AttemptEnd end)
    {
        var operation = context.Saga;
        operation.Attempt = end.Attempt;
        operation.LastClosedAttempt = end.Attempt;
        operation.Host = end.Host;
        operation.StartedAt ??= end.StartedAt;
        operation.SizeBefore = end.SizeBefore ?? operation.SizeBefore;
        operation.SizeAfter = end.SizeAfter ?? operation.SizeAfter;
        operation.Error = end.Error;
        await db.Leases.Where(l => l.OperationId == operation.CorrelationId && l.Attempt == end.Attempt).ExecuteDeleteAsync(context.CancellationToken);
        // Of a chain only the leaf was measured; the host's next report has the whole.
        if (end.SizeAfter is { } after)
            await db.Disks.Where(d => d.Id == operation.DiskId && d.ChainLength == 1).ExecuteUpdateAsync(d => d.SetProperty(x => x.ActualSize, after), context.CancellationToken);
        await RecordAsync(operation, end, context.CancellationToken);
        await TellHostAsync(context, end);
    }

    /// <summary>A result that comes too late, or of another lock: noted, and otherwise without effect.</summary>
    public async Task AcknowledgeStaleAsync(BehaviorContext<Operation> context, AttemptEnd end)
    {
        logger.LogWarning(
            "A stale result of host {Host} for attempt {Attempt} (generation {Generation}) of operation {OperationId}, which is {State}, changes nothing: {Outcome}.",
            end.Host, end.Attempt, end.Generation, context.Saga.CorrelationId, context.Saga.State, end.Outcome);
        await TellHostAsync(context, end);
    }

    /// <summary>Offers the job for another attempt, after a delay that doubles.</summary>
    public async Task RequeueAsync(BehaviorContext<Operation> context)
    {
        var operation = context.Saga;
        var delay = options.Value.RetryDelay * Math.Pow(2, operation.Attempt - 1);
        await db.VolumeJobs.Where(j => j.OperationId == operation.CorrelationId)
            .ExecuteUpdateAsync(j => j.SetProperty(x => x.Status, VolumeJobStatus.Waiting).SetProperty(x => x.NotBefore, time.GetUtcNow() + delay), context.CancellationToken);
    }

    /// <summary>Another attempt may mend the failure, and one is left.</summary>
    public bool MayRetry(VolumeJobFailed failed) => failed.Retryable && failed.Attempt < options.Value.MaximumAttempts;

    /// <summary>Takes a job back that no host has; else marks it, tells its host, and answers false.</summary>
    public async Task<bool> TryWithdrawAsync(BehaviorContext<Operation> context)
    {
        var operationId = context.Saga.CorrelationId;
        var withdrawn = await db.VolumeJobs.Where(j => j.OperationId == operationId && j.Status == VolumeJobStatus.Waiting)
            .ExecuteUpdateAsync(j => j.SetProperty(x => x.Status, VolumeJobStatus.Closed).SetProperty(x => x.CancelRequested, true), context.CancellationToken);
        if (withdrawn == 1)
            return true;
        await db.VolumeJobs.Where(j => j.OperationId == operationId)
            .ExecuteUpdateAsync(j => j.SetProperty(x => x.CancelRequested, true), context.CancellationToken);
        var lease = await db.Leases.AsNoTracking().SingleOrDefaultAsync(l => l.OperationId == operationId, context.CancellationToken);
        if (lease is not null)
            await context.Send(EndpointNames.Address(EndpointNames.Host(lease.Host)), new CancelVolumeJob { OperationId = operationId, Attempt = lease.Attempt });
        return false;
    }

    private async Task RecordAsync(Operation operation, AttemptEnd end, CancellationToken cancellationToken)
    {
        var attempt = await db.JobAttempts.SingleOrDefaultAsync(a => a.OperationId == operation.CorrelationId && a.Number == end.Attempt, cancellationToken);
        if (attempt is null)
            return;
        attempt.StartedAt ??= end.StartedAt;
        attempt.EndedAt = end.EndedAt;
        attempt.Outcome = end.Outcome;
        attempt.ErrorKind = end.Error?.Kind;
        attempt.ErrorMessage = end.Error?.Message;
    }

    private static Task TellHostAsync(BehaviorContext<Operation> context, AttemptEnd end) =>
        EndpointNames.IsHostName(end.Host)
            ? context.Send(EndpointNames.Address(EndpointNames.Host(end.Host)), new VolumeJobClosed { OperationId = context.Saga.CorrelationId, Attempt = end.Attempt })
            : Task.CompletedTask;
}
