using System.Diagnostics;
using Microsoft.Extensions.Options;
using Sparsify.Scanner.Storage;

namespace Sparsify.Scanner.WebHooks;

/// <summary>Takes news of alerts for the web hooks, in the caller's transaction, which has serialised the disk.</summary>
internal sealed class WebHookQueue(ScannerDbContext db, IOptions<ScannerOptions> options, TimeProvider time)
{
    /// <summary>Queues it for every hook that wants it.</summary>
    public void Add(AlertEvent news)
    {
        var hooks = options.Value.WebHooks.Where(h => h.Value.Wants(news.Name)).ToList();
        if (hooks.Count == 0)
            return;
        var (now, body) = (time.GetUtcNow(), news.Write(options.Value.EventSource));
        foreach (var (name, hook) in hooks)
        {
            db.WebHookDeliveries.Add(new WebHookDelivery
            {
                Hook = name,
                DiskId = news.DiskId,
                EventId = news.Id,
                Body = body,
                TraceParent = Activity.Current?.Id,
                CreatedAt = now,
                DueAt = now,
                GiveUpAt = now + hook.MaximumAge,
            });
        }
    }
}
