using MassTransit;
using Microsoft.EntityFrameworkCore;
using Sparsify.Contracts;
using Sparsify.Orchestrator.Eligibility;
using Sparsify.Orchestrator.Storage;

namespace Sparsify.Orchestrator.Jobs;

/// <summary>Stores the vital bytes with the attempt, and so gives the rightful host leave to start.</summary>
internal sealed class JournalVitalBytesConsumer(OrchestratorDbContext db, Leases leases, RunningMachines machines) : IConsumer<JournalVitalBytes>
{
    public async Task Consume(ConsumeContext<JournalVitalBytes> context)
    {
        var request = context.Message;
        var cancellationToken = context.CancellationToken;
        // One statement decides, so that the sweeper cannot take the lease away between a look and a write.
        var held = await db.Leases
            .Where(l => l.OperationId == request.OperationId && l.Attempt == request.Attempt && l.Generation == request.Generation && l.Host == request.Host)
            .ExecuteUpdateAsync(l => l.SetProperty(x => x.Started, true), cancellationToken);
        var job = await db.VolumeJobs.SingleOrDefaultAsync(j => j.OperationId == request.OperationId, cancellationToken);
        if (held == 0 || job is not { Status: VolumeJobStatus.Leased or VolumeJobStatus.Running })
            await RefuseAsync(context, $"Host '{request.Host}' holds no lease to run attempt {request.Attempt} (generation {request.Generation}).");
        else if (!await TakenBackAsync(context, job))
            await GiveLeaveAsync(context, job);
    }

    private async Task GiveLeaveAsync(ConsumeContext<JournalVitalBytes> context, VolumeJob job)
    {
        var request = context.Message;
        job.Status = VolumeJobStatus.Running;
        var attempt = await db.JobAttempts.SingleAsync(a => a.OperationId == request.OperationId && a.Number == request.Attempt, context.CancellationToken);
        attempt.VitalBytes = request.VitalBytes;
        await context.RespondAsync(new VitalBytesJournaled { OperationId = request.OperationId, Attempt = request.Attempt, CancelRequested = job.CancelRequested });
    }

    /// <summary>The last moment before anything is written: a VM may have started since the disk was locked, and its operation was told while a host had the job.</summary>
    private async Task<bool> TakenBackAsync(ConsumeContext<JournalVitalBytes> context, VolumeJob job)
    {
        var request = context.Message;
        if (job.Status != VolumeJobStatus.Leased || job.CancelRequested
            || await machines.OnAsync(job.DiskId, job.StorageDomain, job.Path, context.CancellationToken) is not { Count: > 0 } running
            || !await leases.TryTakeBackAsync(request.OperationId, request.Attempt, context.CancellationToken))
            return false;
        await db.Leases.Where(l => l.OperationId == request.OperationId && l.Attempt == request.Attempt).ExecuteDeleteAsync(context.CancellationToken);
        var violation = DiskRules.VmNotDown(running);
        await context.Publish(new LockedDiskInUse { OperationId = request.OperationId, VmId = running[0].Id, Status = running[0].Status, Violation = violation }, context.CancellationToken);
        await RefuseAsync(context, violation.Message);
        return true;
    }

    private static Task RefuseAsync(ConsumeContext<JournalVitalBytes> context, string reason) =>
        context.RespondAsync(new LeaseRevoked { OperationId = context.Message.OperationId, Attempt = context.Message.Attempt, Reason = reason });

    internal sealed class Definition() : JobsEndpointDefinition<JournalVitalBytesConsumer>("orchestrator-vital-bytes");
}
