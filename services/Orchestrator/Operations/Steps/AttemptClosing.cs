using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Sparsify.Contracts;
using Sparsify.Messaging;
using Sparsify.Orchestrator.Jobs;
using Sparsify.Orchestrator.Storage;

namespace Sparsify.Orchestrator.Operations.Steps;

/// <summary>Ends attempts in the job table and decides whether another follows.</summary>
internal sealed class AttemptClosing(OrchestratorDbContext db, AttemptHistory history, RetryDelay retries, TimeProvider time, IOptions<OrchestratorOptions> options, ILogger<AttemptClosing> logger)
{
    /// <summary>Takes the job from the host of the attempt that ended, with its lease.</summary>
    /// <returns>False when the host has it no more: it was ended before, or its lease was, and another may work on the disk.</returns>
    public async Task<bool> TryEndAsync(BehaviorContext<Operation> context, AttemptEnd end)
    {
        var operationId = context.Saga.CorrelationId;
        if (!end.IsCurrent(context.Saga))
            return false;
        await db.Leases.Where(l => l.OperationId == operationId && l.Attempt == end.Attempt).ExecuteDeleteAsync(context.CancellationToken);
        // One statement decides, so that neither a sweep nor a claim can come between a look and what follows from it.
        return await db.VolumeJobs
            .Where(j => j.OperationId == operationId && j.Attempt == end.Attempt && j.Status != VolumeJobStatus.Waiting && j.Status != VolumeJobStatus.NeedsRepair)
            .ExecuteUpdateAsync(j => j.SetProperty(x => x.Status, VolumeJobStatus.Closed), context.CancellationToken) == 1;
    }

    /// <summary>Records the end of the current attempt in operation and history, and lets the host forget it.</summary>
    public async Task CloseAsync(BehaviorContext<Operation> context, AttemptEnd end)
    {
        var operation = context.Saga;
        var isRepair = operation.State == nameof(OperationState.Recovering);
        operation.Attempt = end.Attempt;
        operation.LastClosedAttempt = end.Attempt;
        if (isRepair && end.HandedBack)
            operation.Repairs--;
        else if (!isRepair && !end.HandedBack)
            (operation.Runs, operation.Repairs) = (operation.Runs + 1, 0);
        operation.Host = end.Host;
        // Before the first run; what each one gave back counts.
        operation.SizeBefore = operation.StartedAt is null ? end.SizeBefore ?? operation.SizeBefore : operation.SizeBefore;
        operation.StartedAt ??= end.StartedAt;
        operation.SizeAfter = end.SizeAfter ?? operation.SizeAfter;
        // A disk that is proven sound has no fault any more but the run's, whatever was said of it meanwhile.
        operation.Error = end.Error ?? (isRepair ? await history.LastRunErrorAsync(operation, context.CancellationToken) : null);
        // Of a chain only the leaf was measured; the host's next report has the whole.
        if (end.SizeAfter is { } after)
            await db.Disks.Where(d => d.Id == operation.DiskId && d.ChainLength == 1).ExecuteUpdateAsync(d => d.SetProperty(x => x.ActualSize, after), context.CancellationToken);
        await RecordAsync(operation, end, context.CancellationToken);
        // A repair that failed has proven nothing, so what was journaled is still needed.
        if (end.IsSound && !(isRepair && end.Error is not null))
            await db.JobAttempts.Where(a => a.OperationId == operation.CorrelationId && a.VitalBytes != null).ExecuteUpdateAsync(a => a.SetProperty(x => x.VitalBytes, (VitalBytes?)null), context.CancellationToken);
        if (end is { Error: not null, HandedBack: false })
            await NoteFailedHostAsync(operation, end.Host, context.CancellationToken);
        await TellHostAsync(context, end);
    }

    /// <summary>A result that comes too late, or of another lock: recorded as stale, and otherwise without effect.</summary>
    public async Task AcknowledgeStaleAsync(BehaviorContext<Operation> context, AttemptEnd end)
    {
        logger.LogWarning(
            "A stale result of host {Host} for attempt {Attempt} (generation {Generation}) of operation {OperationId}, which is {State}, changes nothing: {Outcome}.",
            end.Host, end.Attempt, end.Generation, context.Saga.CorrelationId, context.Saga.State, end.Outcome);
        // The same outcome is the same message once more.
        if (end.IsResult)
        {
            await db.JobAttempts.Where(a => a.OperationId == context.Saga.CorrelationId && a.Number == end.Attempt && a.Host == end.Host && a.EndedAt != null && a.Outcome != end.Outcome)
                .ExecuteUpdateAsync(a => a.SetProperty(x => x.StaleOutcome, end.Outcome), context.CancellationToken);
        }

        await TellHostAsync(context, end);
    }

    /// <summary>Offers the job for another run, after a delay.</summary>
    public Task RequeueAsync(BehaviorContext<Operation> context) => OfferAgainAsync(context, VolumeJobStatus.Waiting, context.Saga.Runs);

    /// <summary>Offers the disk to be looked at, at once or, after a repair that failed, after a delay.</summary>
    public async Task OfferRepairAsync(BehaviorContext<Operation> context)
    {
        await OfferAgainAsync(context, VolumeJobStatus.NeedsRepair, context.Saga.Repairs);
        context.Saga.Repairs++;
    }

    /// <summary>Offers the job to nobody until a person has decided.</summary>
    public Task ParkAsync(BehaviorContext<Operation> context) =>
        db.VolumeJobs.Where(j => j.OperationId == context.Saga.CorrelationId)
            .ExecuteUpdateAsync(j => j.SetProperty(x => x.Status, VolumeJobStatus.Closed), context.CancellationToken);

    /// <summary>Another run may mend the failure, and one is left.</summary>
    public bool MayRetry(Operation operation) => operation.Runs < options.Value.MaximumAttempts;

    /// <summary>Another look at the disk is left before a person is called.</summary>
    public bool MayRepair(Operation operation) => operation.Repairs < options.Value.MaximumRepairs;

    /// <summary>Takes a job back that no host has.</summary>
    /// <returns>False when a host has it.</returns>
    public async Task<bool> TryTakeBackAsync(BehaviorContext<Operation> context) =>
        await db.VolumeJobs.Where(j => j.OperationId == context.Saga.CorrelationId && j.Status == VolumeJobStatus.Waiting)
            .ExecuteUpdateAsync(j => j.SetProperty(x => x.Status, VolumeJobStatus.Closed), context.CancellationToken) == 1;

    /// <summary>
    /// Whether the job still waits for want of a host, as was said; one that has waited too long is offered no more. A claim
    /// may have overtaken the message, and then a host works on the disk.
    /// </summary>
    public async Task<bool> IsStillUnclaimedAsync(BehaviorContext<Operation, VolumeJobUnclaimed> context)
    {
        var waiting = db.VolumeJobs.Where(j => j.OperationId == context.Saga.CorrelationId && (j.Status == VolumeJobStatus.Waiting || j.Status == VolumeJobStatus.NeedsRepair));
        if (!context.Message.Expired)
            return await waiting.AnyAsync(j => j.NoHostSince != null, context.CancellationToken);
        var latest = time.GetUtcNow() - options.Value.NoHostTimeout;
        return await waiting.Where(j => j.NoHostSince < latest).ExecuteUpdateAsync(j => j.SetProperty(x => x.Status, VolumeJobStatus.Closed), context.CancellationToken) == 1;
    }

    /// <summary>Takes a job back that no host has; else marks it, tells its host, and answers false.</summary>
    public async Task<bool> TryWithdrawAsync(BehaviorContext<Operation> context)
    {
        var operationId = context.Saga.CorrelationId;
        // The mark comes first: a lease that ends between the two statements leaves the job to one of them.
        await db.VolumeJobs.Where(j => j.OperationId == operationId)
            .ExecuteUpdateAsync(j => j.SetProperty(x => x.CancelRequested, true), context.CancellationToken);
        if (await TryTakeBackAsync(context))
            return true;
        var lease = await db.Leases.AsNoTracking().SingleOrDefaultAsync(l => l.OperationId == operationId, context.CancellationToken);
        if (lease is not null)
            await context.Send(EndpointNames.Address(EndpointNames.Host(lease.Host)), new CancelVolumeJob { OperationId = operationId, Attempt = lease.Attempt });
        return false;
    }

    private async Task OfferAgainAsync(BehaviorContext<Operation> context, VolumeJobStatus status, int failures)
    {
        var operation = context.Saga;
        var job = await db.VolumeJobs.SingleAsync(j => j.OperationId == operation.CorrelationId, context.CancellationToken);
        (job.Status, job.NotBefore, job.NoHostSince) = (status, retries.Next(failures), null);
        if (failures == 0)
            await context.Publish(new VolumeJobOffered { StorageDomain = job.StorageDomain });
    }

    /// <summary>Another attempt prefers a host that has not failed the job.</summary>
    private async Task NoteFailedHostAsync(Operation operation, string host, CancellationToken cancellationToken)
    {
        var job = await db.VolumeJobs.SingleAsync(j => j.OperationId == operation.CorrelationId, cancellationToken);
        if (!job.FailedHosts.Contains(host))
            job.FailedHosts = [.. job.FailedHosts, host];
    }

    private async Task RecordAsync(Operation operation, AttemptEnd end, CancellationToken cancellationToken)
    {
        var attempt = await db.JobAttempts.SingleOrDefaultAsync(a => a.OperationId == operation.CorrelationId && a.Number == end.Attempt, cancellationToken);
        if (attempt is null)
            return;
        attempt.StartedAt ??= end.StartedAt;
        attempt.EndedAt = end.EndedAt;
        attempt.Outcome = end.Outcome;
        attempt.Repairs = [.. end.Repairs];
        attempt.ErrorKind = end.Error?.Kind;
        attempt.ErrorMessage = end.Error?.Message;
    }

    private static Task TellHostAsync(BehaviorContext<Operation> context, AttemptEnd end) =>
        EndpointNames.IsHostName(end.Host)
            ? context.Send(EndpointNames.Address(EndpointNames.Host(end.Host)), new VolumeJobClosed { OperationId = context.Saga.CorrelationId, Attempt = end.Attempt })
            : Task.CompletedTask;
}
