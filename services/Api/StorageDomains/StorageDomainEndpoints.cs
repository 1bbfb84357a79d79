using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Sparsify.Api.Paging;
using Sparsify.Api.Problems;
using Sparsify.Api.ReadModel;
using Sparsify.Contracts;
using Sparsify.Messaging;

namespace Sparsify.Api.StorageDomains;

/// <summary>What the storage domains are, who reaches them, and having their disks looked at.</summary>
internal static class StorageDomainEndpoints
{
    public static void MapStorageDomains(this RouteGroupBuilder api)
    {
        api.MapGet("/storage-domains", ListAsync).WithName("ListStorageDomains").WithSummary("All storage domains by name.");
        api.MapPost("/storage-domains/{name}/scan", ScanAsync).WithName("ScanStorageDomain").WithSummary("Has all disks of a storage domain looked at now; those that are locked are passed over.")
            .Produces<ScanView>(StatusCodes.Status202Accepted).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        api.MapGet("/storage-domains/{name}/scan", ProgressAsync).WithName("GetScan").WithSummary("How many disks of a storage domain have been looked at since a moment.")
            .Produces<ScanView>().ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> ProgressAsync(ApiDbContext db, string name, DateTimeOffset since, CancellationToken cancellationToken) =>
        await db.StorageDomains.AnyAsync(d => d.Name == name, cancellationToken) ? TypedResults.Ok(await CountAsync(db, name, since, cancellationToken)) : NotFound();

    private static async Task<ScanView> CountAsync(ApiDbContext db, string name, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var disks = db.Disks.Where(d => d.StorageDomain == name && d.CanBeMeasured);
        return new ScanView(name, since, await disks.CountAsync(cancellationToken), await disks.CountAsync(d => d.LookedAt >= since, cancellationToken));
    }

    private static async Task<IResult> ScanAsync(ApiDbContext db, IOutbox<ApiDbContext> outbox, TimeProvider time, string name, CancellationToken cancellationToken)
    {
        if (!await db.StorageDomains.AnyAsync(d => d.Name == name, cancellationToken))
            return NotFound();
        var now = time.GetUtcNow();
        await outbox.PublishAloneAsync(db, new ScanRequested { StorageDomain = name, RequestedAt = now }, cancellationToken);
        return TypedResults.Accepted(string.Create(CultureInfo.InvariantCulture, $"/api/v1/storage-domains/{Uri.EscapeDataString(name)}/scan?since={now.UtcDateTime:O}"), await CountAsync(db, name, now, cancellationToken));
    }

    private static ProblemHttpResult NotFound() =>
        Problem.Of(StatusCodes.Status404NotFound, ProblemCodes.StorageDomainNotFound, "No such storage domain", "No storage domain of that name has been heard of. GET /storage-domains lists them.");

    private static async Task<Page<StorageDomainView>> ListAsync(ApiDbContext db, TimeProvider time, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var alive = (await db.Hosts.AsNoTracking().ToListAsync(cancellationToken)).Where(h => h.ReceivedAt + h.Heartbeat.TimeToLive > now).ToList();
        var domains = await db.StorageDomains.AsNoTracking().OrderBy(d => d.Name).ToListAsync(cancellationToken);
        var sums = await db.Disks.AsNoTracking().Where(d => !d.Removed).GroupBy(d => d.StorageDomain)
            .Select(g => new Sums(g.Key, g.Sum(d => d.ActualSize), g.Sum(d => d.Reclaimable) ?? 0, g.Sum(d => d.HeldBySnapshots) ?? 0)).ToDictionaryAsync(s => s.StorageDomain, cancellationToken);
        var needing = await db.OpenAlerts.GroupBy(a => a.StorageDomain).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, cancellationToken);
        return new Page<StorageDomainView>(
            [
                .. domains.Select(d => View(
                    d, sums.GetValueOrDefault(d.Name) ?? new Sums(d.Name, 0, 0, 0), needing.GetValueOrDefault(d.Name),
                    [.. alive.Where(h => h.Heartbeat.StorageDomains.Contains(d.Name)).Select(h => h.Name).Order()])),
            ],
            Next: null);
    }

    private static StorageDomainView View(StorageDomainRow row, Sums sums, int needing, IReadOnlyList<string> hosts) => new(
        row.Name, row.Snapshot.Kind, row.Snapshot.FileSystem, row.Snapshot.NfsVersion, row.Snapshot.SupportsDiscard, row.Snapshot.Capacity, row.Snapshot.Available,
        sums.ActualSize, sums.Reclaimable, sums.HeldBySnapshots, needing, hosts, row.Snapshot.ReportedAt);

    /// <summary>Over the disks of a storage domain, bytes.</summary>
    private sealed record Sums(string StorageDomain, long ActualSize, long Reclaimable, long HeldBySnapshots);
}
