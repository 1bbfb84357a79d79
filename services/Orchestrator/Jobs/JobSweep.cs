using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Sparsify.Contracts;
using Sparsify.Messaging;
using Sparsify.Orchestrator.Storage;

namespace Sparsify.Orchestrator.Jobs;

/// <summary>One look at leases and waiting jobs.</summary>
internal sealed class JobSweep(OrchestratorDbContext db, IOutbox<OrchestratorDbContext> outbox, Leases leases, LeaseWatch watch, RetryDelay retries, TimeProvider time, IOptions<OrchestratorOptions> options, ILogger<JobSweep> logger)
{
    private static readonly KnownQuery<Func<OrchestratorDbContext, DateTimeOffset, DateTimeOffset, IAsyncEnumerable<string>>> DomainsWithWaitingJobs = new(() => EF.CompileAsyncQuery(
        (OrchestratorDbContext db, DateTimeOffset now, DateTimeOffset latest) => db.VolumeJobs
            .Where(j => (j.Status == VolumeJobStatus.Waiting || j.Status == VolumeJobStatus.NeedsRepair) && (j.NotBefore <= now || j.NotBefore > latest))
            .Select(j => j.StorageDomain).Distinct()));

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var transaction = await db.BeginWriteAsync(cancellationToken);
        await EndExpiredLeasesAsync(cancellationToken);
        await LookAtWaitingJobsAsync(cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task EndExpiredLeasesAsync(CancellationToken cancellationToken)
    {
        foreach (var lease in watch.Over(await db.Leases.AsNoTracking().ToListAsync(cancellationToken)))
        {
            // A renewal or another replica may have been faster.
            if (await db.Leases.Where(l => l.DiskId == lease.DiskId && l.OperationId == lease.OperationId && l.Attempt == lease.Attempt && l.Renewals == lease.Renewals && l.Started == lease.Started)
                    .ExecuteDeleteAsync(cancellationToken) == 0)
                continue;
            logger.LogWarning("The lease of host {Host} for attempt {Attempt} of operation {OperationId} ran out at {Until}; started: {Started}.", lease.Host, lease.Attempt, lease.OperationId, lease.Until, lease.Started);
            if (lease.Started || await db.VolumeJobs.AnyAsync(j => j.OperationId == lease.OperationId && j.Status == VolumeJobStatus.Repairing, cancellationToken))
                await LoseAsync(lease, cancellationToken);
            else
                await TakeBackAsync(lease, cancellationToken);
        }
    }

    /// <summary>The host may have written, or was to prove that none did: only the saga decides what becomes of the disk.</summary>
    private async Task LoseAsync(Lease lease, CancellationToken cancellationToken)
    {
        await db.VolumeJobs.Where(j => j.OperationId == lease.OperationId).ExecuteUpdateAsync(j => j.SetProperty(x => x.Status, VolumeJobStatus.Closed), cancellationToken);
        await outbox.Publish(new VolumeJobLost
        {
            OperationId = lease.OperationId,
            Attempt = lease.Attempt,
            Generation = lease.Generation,
            Host = lease.Host,
            LeaseEndedAt = lease.Until,
        }, cancellationToken);
    }

    /// <summary>The host never had leave to start, so nothing was written: the job waits again, or its cancel is done.</summary>
    private async Task TakeBackAsync(Lease lease, CancellationToken cancellationToken)
    {
        if (await leases.TryTakeBackAsync(lease.OperationId, lease.Attempt, cancellationToken))
            return;
        await leases.NoteNotStartedAsync(lease.OperationId, lease.Attempt, cancellationToken);
        await outbox.Publish(new VolumeJobCanceled
        {
            OperationId = lease.OperationId,
            Attempt = lease.Attempt,
            Generation = lease.Generation,
            Host = lease.Host,
            EndedAt = time.GetUtcNow(),
        }, cancellationToken);
    }

    private async Task LookAtWaitingJobsAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var domains = await DomainsWithWaitingJobs.For(db)(db, now, retries.Latest).ToListAsync(cancellationToken);
        if (domains.Count == 0)
            return;
        // One that lives and takes no work, since its tools do not run, is no host for a job: without a word it would wait for ever.
        var hosts = await db.Hosts.AsNoTracking().Where(h => h.AliveUntil > now && h.Claims && !h.Draining).ToListAsync(cancellationToken);
        foreach (var domain in domains)
        {
            if (hosts.Any(h => h.StorageDomains.Contains(domain)))
                await OfferAgainAsync(domain, cancellationToken);
            else
                await SayNoHostAsync(domain, now, cancellationToken);
        }
    }

    private async Task OfferAgainAsync(string domain, CancellationToken cancellationToken)
    {
        await db.VolumeJobs.Where(j => j.StorageDomain == domain && (j.Status == VolumeJobStatus.Waiting || j.Status == VolumeJobStatus.NeedsRepair) && j.NoHostSince != null)
            .ExecuteUpdateAsync(j => j.SetProperty(x => x.NoHostSince, (DateTimeOffset?)null), cancellationToken);
        await outbox.Publish(new VolumeJobOffered { StorageDomain = domain }, cancellationToken);
    }

    private async Task SayNoHostAsync(string domain, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var expired = now - options.Value.NoHostTimeout;
        var jobs = await db.VolumeJobs
            .Where(j => (j.Status == VolumeJobStatus.Waiting || j.Status == VolumeJobStatus.NeedsRepair) && j.StorageDomain == domain && (j.NoHostSince == null || j.NoHostSince < expired))
            .OrderBy(j => j.QueuedAt).Take(100).ToListAsync(cancellationToken);
        foreach (var job in jobs)
        {
            job.NoHostSince ??= now;
            await outbox.Publish(new VolumeJobUnclaimed
            {
                OperationId = job.OperationId,
                StorageDomain = domain,
                Expired = job.NoHostSince < expired,
                QueuedAt = job.QueuedAt,
            }, cancellationToken);
        }
    }
}
