using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Sparsify.Messaging;
using Sparsify.Scanner.Storage;

namespace Sparsify.Scanner.WebHooks;

/// <summary>Forgets deliveries that died long ago, and as old ones for hooks that are no more.</summary>
internal sealed class WebHookRetention(IServiceScopeFactory scopes, TimeProvider time, IOptions<ScannerOptions> options, ILogger<WebHookRetention> logger)
    : RetentionService<ScannerDbContext>("web hook deliveries", scopes, options.Value.WebHookRetention, options.Value.RetentionInterval, time, logger)
{
    protected override async Task<int> ForgetAsync(ScannerDbContext db, DateTimeOffset endedBefore, int atMost, CancellationToken cancellationToken)
    {
        string[] known = [.. options.Value.WebHooks.Keys];
        var dead = await db.WebHookDeliveries.Where(d => d.DiedAt < endedBefore).OrderBy(d => d.DiedAt).Select(d => d.Id).Take(atMost).ToListAsync(cancellationToken);
        var orphaned = await db.WebHookDeliveries.Where(d => d.CreatedAt < endedBefore && !known.Contains(d.Hook)).OrderBy(d => d.CreatedAt).Select(d => d.Id).Take(atMost).ToListAsync(cancellationToken);
        await db.WebHookDeliveries.Where(d => dead.Contains(d.Id) || orphaned.Contains(d.Id)).ExecuteDeleteAsync(cancellationToken);
        return Math.Max(dead.Count, orphaned.Count);
    }
}
