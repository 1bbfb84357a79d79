using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Sparsify.Messaging;
using Sparsify.Scanner.Storage;

namespace Sparsify.Scanner.Alerts;

/// <summary>Forgets alerts that were cleared long ago, and the marks of disks that were removed then.</summary>
internal sealed class AlertRetention(IServiceScopeFactory scopes, TimeProvider time, IOptions<ScannerOptions> options, ILogger<AlertRetention> logger)
    : RetentionService<ScannerDbContext>("alerts and removed disks", scopes, options.Value.AlertRetention, options.Value.RetentionInterval, time, logger)
{
    protected override async Task<int> ForgetAsync(ScannerDbContext db, DateTimeOffset endedBefore, int atMost, CancellationToken cancellationToken)
    {
        var alerts = await db.Alerts.Where(a => a.ClearedAt < endedBefore).OrderBy(a => a.ClearedAt).Select(a => a.Id).Take(atMost).ToListAsync(cancellationToken);
        await db.Alerts.Where(a => alerts.Contains(a.Id)).ExecuteDeleteAsync(cancellationToken);
        var disks = await db.Disks.Where(d => d.RemovedAt < endedBefore).OrderBy(d => d.RemovedAt).Select(d => d.Id).Take(atMost).ToListAsync(cancellationToken);
        await db.Disks.Where(d => disks.Contains(d.Id)).ExecuteDeleteAsync(cancellationToken);
        return Math.Max(alerts.Count, disks.Count);
    }
}
