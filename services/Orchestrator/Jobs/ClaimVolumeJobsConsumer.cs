using System.Diagnostics;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Sparsify.Contracts;
using Sparsify.Messaging;
using Sparsify.Orchestrator.Storage;

namespace Sparsify.Orchestrator.Jobs;

/// <summary>
/// Gives a host as many waiting jobs as it has free slots: highest priority first, then the oldest, within the
/// limit of each storage domain. Free slots are counted here, from the leases, so that a repeated claim gives nothing twice.
/// </summary>
internal sealed class ClaimVolumeJobsConsumer(OrchestratorDbContext db, Leases leases, TimeProvider time, IOptions<OrchestratorOptions> options)
    : IConsumer<ClaimVolumeJobs>
{
    private static readonly ActivitySource Source = new(OrchestratorTelemetry.SourceName);

    public async Task Consume(ConsumeContext<ClaimVolumeJobs> context)
    {
        var claim = context.Message;
        if (!EndpointNames.IsHostName(claim.Host) || claim.Slots < 1 || claim.StorageDomains.Count == 0)
            return;
        var cancellationToken = context.CancellationToken;
        await leases.SerialiseAsync(claim.Host, claim.StorageDomains, cancellationToken);
        var free = claim.Slots - await db.Leases.CountAsync(l => l.Host == claim.Host, cancellationToken);
        var room = await RoomAsync(claim.StorageDomains, cancellationToken);
        if (free <= 0 || room.Count == 0)
            return;

        foreach (var job in await WaitingAsync([.. room.Keys], cancellationToken))
        {
            if (free == 0)
                break;
            if (room[job.StorageDomain] == 0 || !await leases.TryGrantAsync(job, claim.Host, cancellationToken))
                continue;
            room[job.StorageDomain]--;
            free--;
            await SendAsync(context, job);
        }
    }

    private async Task<Dictionary<string, int>> RoomAsync(IReadOnlyList<string> domains, CancellationToken cancellationToken)
    {
        var taken = await db.Leases.Where(l => domains.Contains(l.StorageDomain))
            .GroupBy(l => l.StorageDomain).Select(g => new { g.Key, Count = g.Count() })
            .ToDictionaryAsync(g => g.Key, g => g.Count, cancellationToken);
        return domains.Distinct()
            .ToDictionary(domain => domain, domain => options.Value.MaximumJobsPerStorageDomain - taken.GetValueOrDefault(domain))
            .Where(domain => domain.Value > 0).ToDictionary();
    }

    /// <summary>More than there are slots: some may be out of reach by their domain's limit or lost to another host.</summary>
    private Task<List<VolumeJob>> WaitingAsync(List<string> domains, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return db.VolumeJobs.AsNoTracking()
            .Where(j => j.Status == VolumeJobStatus.Waiting && domains.Contains(j.StorageDomain) && j.NotBefore <= now && !j.CancelRequested)
            .OrderByDescending(j => j.Priority).ThenBy(j => j.QueuedAt)
            .Take(100).ToListAsync(cancellationToken);
    }

    private async Task SendAsync(ConsumeContext<ClaimVolumeJobs> context, VolumeJob job)
    {
        // The host's work belongs to the operation's trace, not to that of the claim.
        using var activity = ActivityContext.TryParse(job.TraceParent, null, isRemote: true, out var parent)
            ? Source.StartActivity("grant lease", ActivityKind.Internal, parent)
            : null;
        await context.Send(EndpointNames.Address(EndpointNames.Host(context.Message.Host)), new SparsifyVolume
        {
            OperationId = job.OperationId,
            DiskId = job.DiskId,
            Attempt = job.Attempt + 1,
            Generation = job.Generation,
            Host = context.Message.Host,
            StorageDomain = job.StorageDomain,
            Path = job.Path,
            Format = job.Format,
            AllowSnapshots = job.AllowSnapshots,
            MinReclaimable = job.MinReclaimable,
            Force = job.Force,
            LeaseDuration = options.Value.LeaseDuration,
        });
    }

    internal sealed class Definition() : JobsEndpointDefinition<ClaimVolumeJobsConsumer>("orchestrator-claims");
}
