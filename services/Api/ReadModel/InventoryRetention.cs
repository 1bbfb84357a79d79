using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Sparsify.Messaging;

namespace Sparsify.Api.ReadModel;

/// <summary>Forgets hosts that fell silent long ago, and the marks and measurements of disks that were removed as long ago.</summary>
internal sealed class InventoryRetention(IServiceScopeFactory scopes, TimeProvider time, IOptions<ApiOptions> options, ILogger<InventoryRetention> logger)
    : RetentionService<ApiDbContext>("hosts and disks", scopes, options.Value.InventoryRetention, options.Value.RetentionInterval, time, logger)
{
    protected override async Task<int> ForgetAsync(ApiDbContext db, DateTimeOffset endedBefore, int atMost, CancellationToken cancellationToken)
    {
        var silent = db.Hosts.Where(h => h.ReceivedAt < endedBefore && !h.Draining);
        var hosts = await silent.OrderBy(h => h.Name).Select(h => h.Name).Take(atMost).ToListAsync(cancellationToken);
        await silent.Where(h => hosts.Contains(h.Name)).ExecuteDeleteAsync(cancellationToken);
        var disks = await db.Disks.Where(d => d.RemovedAt < endedBefore).OrderBy(d => d.RemovedAt).Select(d => d.Id).Take(atMost).ToListAsync(cancellationToken);
        await db.Measurements.Where(m => disks.Contains(m.DiskId)).ExecuteDeleteAsync(cancellationToken);
        await db.Disks.Where(d => disks.Contains(d.Id)).ExecuteDeleteAsync(cancellationToken);
        return Math.Max(hosts.Count, disks.Count);
    }
}
