using Microsoft.EntityFrameworkCore;
using Sparsify.Api.Paging;
using Sparsify.Api.ReadModel;

namespace Sparsify.Api.StorageDomains;

/// <summary>What the storage domains are and who reaches them.</summary>
internal static class StorageDomainEndpoints
{
    public static void MapStorageDomains(this RouteGroupBuilder api) =>
        api.MapGet("/storage-domains", ListAsync).WithName("ListStorageDomains").WithSummary("All storage domains by name.");

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
