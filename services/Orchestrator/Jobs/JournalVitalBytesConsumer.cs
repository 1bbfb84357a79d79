using MassTransit;
using Microsoft.EntityFrameworkCore;
using Sparsify.Contracts;
using Sparsify.Orchestrator.Storage;

namespace Sparsify.Orchestrator.Jobs;

/// <summary>Stores the vital bytes with the attempt, and so gives the rightful host leave to start.</summary>
internal sealed class JournalVitalBytesConsumer(OrchestratorDbContext db) : IConsumer<JournalVitalBytes>
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
        {
            await context.RespondAsync(new LeaseRevoked
            {
                OperationId = request.OperationId,
                Attempt = request.Attempt,
                Reason = $"Host '{request.Host}' holds no lease to run attempt {request.Attempt} (generation {request.Generation}).",
            });
            return;
        }

        job.Status = VolumeJobStatus.Running;
        var attempt = await db.JobAttempts.SingleAsync(a => a.OperationId == request.OperationId && a.Number == request.Attempt, cancellationToken);
        attempt.VitalBytes = request.VitalBytes;
        await context.RespondAsync(new VitalBytesJournaled { OperationId = request.OperationId, Attempt = request.Attempt, CancelRequested = job.CancelRequested });
    }

    internal sealed class Definition() : JobsEndpointDefinition<JournalVitalBytesConsumer>("orchestrator-vital-bytes");
}
