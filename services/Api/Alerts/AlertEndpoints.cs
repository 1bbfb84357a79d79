using Microsoft.EntityFrameworkCore;
using Sparsify.Api.Paging;
using Sparsify.Api.ReadModel;

namespace Sparsify.Api.Alerts;

/// <summary>Which disks need sparsifying, and which did.</summary>
internal static class AlertEndpoints
{
    public static void MapAlerts(this RouteGroupBuilder api) =>
        api.MapGet("/alerts", ListAsync).WithName("ListAlerts").WithSummary("Alerts that last, newest first, filtered and in pages; all=true also has those that were cleared.");

    private static async Task<Page<AlertView>> ListAsync(ApiDbContext db, int? limit, string? after, string? storageDomain, Guid? diskId, bool? all, CancellationToken cancellationToken)
    {
        var size = Cursor.Limit(limit);
        var alerts = (all == true ? db.Alerts.AsNoTracking() : db.OpenAlerts).Where(a => a.Snapshot != null);
        if (Cursor.Read(after) is { } start)
            alerts = alerts.Where(a => string.Compare(a.SortKey, start) < 0);
        if (storageDomain is not null)
            alerts = alerts.Where(a => a.StorageDomain == storageDomain);
        if (diskId is not null)
            alerts = alerts.Where(a => a.DiskId == diskId);
        return Cursor.Page(await alerts.OrderByDescending(a => a.SortKey).Take(size + 1).ToListAsync(cancellationToken), size, a => a.SortKey, AlertView.Of);
    }
}
