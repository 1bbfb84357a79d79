using Microsoft.EntityFrameworkCore;
using Sparsify.Api.Paging;
using Sparsify.Api.ReadModel;

namespace Sparsify.Api.Hosts;

/// <summary>Which hosts live and what they can do.</summary>
internal static class HostEndpoints
{
    public static void MapHosts(this RouteGroupBuilder api) =>
        api.MapGet("/hosts", ListAsync).WithName("ListHosts").WithSummary("All hosts by name.");

    private static async Task<Page<HostView>> ListAsync(ApiDbContext db, TimeProvider time, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return new Page<HostView>([.. (await db.Hosts.AsNoTracking().OrderBy(h => h.Name).ToListAsync(cancellationToken)).Select(h => View(h, now))], Next: null);
    }

    private static HostView View(HostRow row, DateTimeOffset now)
    {
        var heartbeat = row.Heartbeat;
        return new HostView(
            row.Name, row.ReceivedAt + heartbeat.TimeToLive > now, heartbeat.Slots, heartbeat.RunningJobs, heartbeat.StorageDomains, heartbeat.Capabilities, heartbeat.NotClaimingBecause, row.ReceivedAt);
    }
}
