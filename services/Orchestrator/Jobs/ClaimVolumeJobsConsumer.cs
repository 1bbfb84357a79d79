using System.Diagnostics;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Sparsify.Contracts;
using Sparsify.Messaging;
using Sparsify.Orchestrator.Eligibility;
using Sparsify.Orchestrator.Storage;
using Host = Sparsify.Orchestrator.Inventory.Host;

namespace Sparsify.Orchestrator.Jobs;

/// <summary>
/// Gives a host as many waiting jobs as it has free slots: repairs first, then the highest priority, then the oldest,
/// within the limit of each storage domain. Free slots are counted here, from the leases, so that a repeated claim gives nothing twice.
/// </summary>
internal sealed class ClaimVolumeJobsConsumer(OrchestratorDbContext db, Leases leases, RunningMachines machines, RetryDelay retries, TimeProvider time, IOptions<OrchestratorOptions> options)
    : IConsumer<ClaimVolumeJobs>
{
    private const int MostLookedAt = 100;
    private static readonly ActivitySource Source = new(OrchestratorTelemetry.SourceName);

    private static readonly KnownQuery<Func<OrchestratorDbContext, string, CancellationToken, Task<bool>>> IsDraining = new(() => EF.CompileAsyncQuery(
        (OrchestratorDbContext db, string host, CancellationToken _) => db.Hosts.Any(h => h.Name == host && h.Draining)));

    private static readonly KnownQuery<Func<OrchestratorDbContext, string, CancellationToken, Task<int>>> LeasesOfHost = new(() => EF.CompileAsyncQuery(
        (OrchestratorDbContext db, string host, CancellationToken _) => db.Leases.Count(l => l.Host == host)));

    private static readonly KnownQuery<Func<OrchestratorDbContext, IReadOnlyList<string>, IAsyncEnumerable<KeyValuePair<string, int>>>> LeasesByDomain = new(() => EF.CompileAsyncQuery(
        (OrchestratorDbContext db, IReadOnlyList<string> domains) => db.Leases.Where(l => domains.Contains(l.StorageDomain))
            .GroupBy(l => l.StorageDomain).Select(g => new KeyValuePair<string, int>(g.Key, g.Count()))));

    // The first of each queue, as its index has them: a hundred thousand may wait behind.
    private static readonly KnownQuery<Func<OrchestratorDbContext, string, DateTimeOffset, DateTimeOffset, IAsyncEnumerable<VolumeJob>>> FirstOfDomain = new(() => EF.CompileAsyncQuery(
        (OrchestratorDbContext db, string domain, DateTimeOffset now, DateTimeOffset latest) => db.VolumeJobs.AsNoTracking()
            .Where(j => (j.NotBefore <= now || j.NotBefore > latest) && j.Status == VolumeJobStatus.NeedsRepair && j.StorageDomain == domain)
            .OrderByDescending(j => j.Priority).ThenBy(j => j.QueuedAt).Take(MostLookedAt)
            .Concat(db.VolumeJobs.AsNoTracking()
                .Where(j => (j.NotBefore <= now || j.NotBefore > latest) && j.Status == VolumeJobStatus.Waiting && j.StorageDomain == domain && !j.CancelRequested)
                .OrderByDescending(j => j.Priority).ThenBy(j => j.QueuedAt).Take(MostLookedAt))));

    public async Task Consume(ConsumeContext<ClaimVolumeJobs> context)
    {
        var claim = context.Message;
        if (!EndpointNames.IsHostName(claim.Host) || claim.Slots < 1 || claim.StorageDomains.Count == 0)
            return;
        var cancellationToken = context.CancellationToken;
        if (await IsDraining.For(db)(db, claim.Host, cancellationToken))
            return;
        await leases.SerialiseAsync(claim.Host, claim.StorageDomains, cancellationToken);
        var free = claim.Slots - await LeasesOfHost.For(db)(db, claim.Host, cancellationToken);
        var room = await RoomAsync(claim.StorageDomains, cancellationToken);
        if (free <= 0 || room.Count == 0)
            return;

        var waiting = await WaitingAsync(room.Keys, cancellationToken);
        // Hardly ever: the other hosts matter only where this one has failed.
        var living = waiting.Any(j => j.FailedHosts.Contains(claim.Host)) ? await LivingHostsAsync(cancellationToken) : [];
        var preference = new HostPreference(living, time.GetUtcNow(), options.Value.OtherHostPreference);
        foreach (var job in waiting)
        {
            if (free == 0)
                break;
            if (preference.KeepsFrom(claim.Host, job))
                continue;
            // What a look puts back is written to the disk, and not all storage has locks: it waits until the VM is down.
            if (job.Status == VolumeJobStatus.NeedsRepair && await machines.OnAsync(job.DiskId, job.StorageDomain, job.Path, cancellationToken) is { Count: > 0 })
                continue;
            if (room[job.StorageDomain] == 0 || !await leases.TryGrantAsync(job, claim.Host, cancellationToken))
                continue;
            room[job.StorageDomain]--;
            free--;
            await SendAsync(context, job);
        }
    }

    private async Task<Dictionary<string, int>> RoomAsync(IReadOnlyList<string> domains, CancellationToken cancellationToken)
    {
        var taken = await LeasesByDomain.For(db)(db, domains).ToDictionaryAsync(cancellationToken: cancellationToken);
        return domains.Distinct()
            .ToDictionary(domain => domain, domain => options.Value.MaximumJobsPerStorageDomain - taken.GetValueOrDefault(domain))
            .Where(domain => domain.Value > 0).ToDictionary();
    }

    private Task<List<Host>> LivingHostsAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return db.Hosts.AsNoTracking().Where(h => h.AliveUntil > now && h.Claims && !h.Draining).ToListAsync(cancellationToken);
    }

    /// <summary>More than there are slots: some may be out of reach by their domain's limit or lost to another host.</summary>
    private async Task<List<VolumeJob>> WaitingAsync(IReadOnlyCollection<string> domains, CancellationToken cancellationToken)
    {
        var (now, latest) = (time.GetUtcNow(), retries.Latest);
        List<VolumeJob> first = [];
        foreach (var domain in domains)
            first.AddRange(await FirstOfDomain.For(db)(db, domain, now, latest).ToListAsync(cancellationToken));
        return [.. first.OrderByDescending(j => j.Status == VolumeJobStatus.NeedsRepair).ThenByDescending(j => j.Priority).ThenBy(j => j.QueuedAt)];
    }

    private async Task SendAsync(ConsumeContext<ClaimVolumeJobs> context, VolumeJob job)
    {
        // The host's work belongs to the operation's trace, not to that of the claim.
        using var activity = ActivityContext.TryParse(job.TraceParent, null, isRemote: true, out var parent)
            ? Source.StartActivity("grant lease", ActivityKind.Internal, parent)
            : null;
        var address = EndpointNames.Address(EndpointNames.Host(context.Message.Host));
        var work = Describe(job, context.Message.Host);
        if (job.Status != VolumeJobStatus.NeedsRepair)
        {
            await context.Send(address, work);
            return;
        }

        var journaled = await db.JobAttempts.AsNoTracking().Where(a => a.OperationId == job.OperationId && a.VitalBytes != null)
            .OrderByDescending(a => a.Number).FirstOrDefaultAsync(context.CancellationToken);
        await context.Send(address, new RepairVolume { Job = work, Journaled = journaled?.VitalBytes });
    }

    private SparsifyVolume Describe(VolumeJob job, string host) => new()
    {
        OperationId = job.OperationId,
        DiskId = job.DiskId,
        Attempt = job.Attempt + 1,
        Generation = job.Generation,
        Host = host,
        StorageDomain = job.StorageDomain,
        Path = job.Path,
        Format = job.Format,
        AllowSnapshots = job.AllowSnapshots,
        MinReclaimable = job.MinReclaimable,
        Force = job.Force,
        LeaseDuration = options.Value.LeaseDuration,
    };

    internal sealed class Definition() : JobsEndpointDefinition<ClaimVolumeJobsConsumer>("orchestrator-claims");
}
