using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Sparsify.Contracts;
using Sparsify.Messaging;
using Sparsify.Orchestrator.Storage;

namespace Sparsify.Orchestrator.Jobs;

/// <summary>Lets the rightful host keep its lease.</summary>
internal sealed class RenewLeaseConsumer(OrchestratorDbContext db, TimeProvider time, IOptions<OrchestratorOptions> options) : IConsumer<RenewLease>
{
    // A repair goes on whatever else is asked for: nobody may have the disk before it is proven sound.
    private static readonly KnownQuery<Func<OrchestratorDbContext, Guid, CancellationToken, Task<bool>>> IsToCancel = new(() => EF.CompileAsyncQuery(
        (OrchestratorDbContext db, Guid operationId, CancellationToken _) => db.VolumeJobs.Any(j => j.OperationId == operationId && j.CancelRequested && j.Status != VolumeJobStatus.Repairing)));

    public async Task Consume(ConsumeContext<RenewLease> context)
    {
        var request = context.Message;
        var cancellationToken = context.CancellationToken;
        var duration = options.Value.LeaseDuration;
        var until = time.GetUtcNow() + duration;
        // Never shorter than it was: the answer may be lost, and the host then goes by an earlier one.
        // One statement decides, so that the sweeper cannot take the lease away between a look and a write.
        var renewed = await db.Leases
            .Where(l => l.OperationId == request.OperationId && l.Attempt == request.Attempt && l.Generation == request.Generation && l.Host == request.Host)
            .ExecuteUpdateAsync(l => l.SetProperty(x => x.Renewals, x => x.Renewals + 1).SetProperty(x => x.Duration, x => x.Duration > duration ? x.Duration : duration).SetProperty(x => x.Until, until), cancellationToken);
        if (renewed == 0)
        {
            await context.RespondAsync(new LeaseRevoked
            {
                OperationId = request.OperationId,
                Attempt = request.Attempt,
                Reason = $"Host '{request.Host}' holds no lease for attempt {request.Attempt} (generation {request.Generation}).",
            });
            return;
        }

        await context.RespondAsync(new LeaseRenewed
        {
            OperationId = request.OperationId,
            Attempt = request.Attempt,
            Duration = options.Value.LeaseDuration,
            CancelRequested = await IsToCancel.For(db)(db, request.OperationId, cancellationToken),
        });
    }

    internal sealed class Definition() : JobsEndpointDefinition<RenewLeaseConsumer>("orchestrator-leases");
}
