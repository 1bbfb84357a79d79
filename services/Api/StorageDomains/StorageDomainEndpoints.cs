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
        return new Page<StorageDomainView>([.. domains.Select(d => View(d, [.. alive.Where(h => h.Heartbeat.StorageDomains.Contains(d.Name)).Select(h => h.Name).Order()]))], Next: null);
    }

    private static StorageDomainView View(StorageDomainRow row, IReadOnlyList<string> hosts) => new(
        row.Name, row.Snapshot.Kind, row.Snapshot.FileSystem, row.Snapshot.NfsVersion, row.Snapshot.SupportsDiscard, row.Snapshot.Capacity, row.Snapshot.Available, hosts, row.Snapshot.ReportedAt);
}
