using Microsoft.EntityFrameworkCore;
using Sparsify.Messaging;
using Sparsify.Scanner.Storage;

namespace Sparsify.Scanner.WebHooks;

/// <summary>
/// Claims deliveries that are due and says what became of them, in short transactions of their own; between these the
/// hook is called. Several Scanners may run: a claimed delivery belongs to one of them until the claim ends, and who is
/// late with its end changes nothing, since the number of tries has moved on.
/// </summary>
internal sealed class WebHookClaims(ScannerDbContext db, TimeProvider time)
{
    private static readonly TimeSpan ClaimMargin = TimeSpan.FromSeconds(5);

    /// <summary>Claims some, those that have waited longest first. A disk's event waits for the earlier ones of that disk, unless they are dead.</summary>
    public async Task<IReadOnlyList<WebHookDelivery>> ClaimAsync(string name, WebHookOptions hook, int atMost, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        // Mostly there is none, and then nobody is kept from writing.
        if (!await Due(name, hook, now).AnyAsync(cancellationToken))
            return [];
        await using var transaction = await db.BeginWriteAsync(cancellationToken);
        await db.SerialiseAsync(cancellationToken, $"web hook {name}");
        var due = await Due(name, hook, now).OrderBy(d => d.DueAt).ThenBy(d => d.Id).Take(atMost).ToListAsync(cancellationToken);
        foreach (var delivery in due)
        {
            delivery.Attempts++;
            delivery.DueAt = now + ClaimFor(hook);
            delivery.GiveUpAt ??= now + hook.MaximumAge;
        }

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return due;
    }

    /// <summary>The hook has taken it.</summary>
    public Task DeliveredAsync(WebHookDelivery delivery) => EndAsync(delivery, rows => rows.ExecuteDeleteAsync());

    /// <summary>It will be tried again.</summary>
    public Task FailedAsync(WebHookDelivery delivery, WebHookAnswer answer, DateTimeOffset dueAt) =>
        EndAsync(delivery, rows => rows.ExecuteUpdateAsync(d => d
            .SetProperty(x => x.DueAt, dueAt).SetProperty(x => x.LastStatus, answer.Status).SetProperty(x => x.LastError, answer.Error)));

    /// <summary>It is given up.</summary>
    public Task DiedAsync(WebHookDelivery delivery, WebHookAnswer answer)
    {
        var now = time.GetUtcNow();
        return EndAsync(delivery, rows => rows.ExecuteUpdateAsync(d => d
            .SetProperty(x => x.DueAt, now).SetProperty(x => x.DiedAt, now).SetProperty(x => x.LastStatus, answer.Status).SetProperty(x => x.LastError, answer.Error)));
    }

    private static TimeSpan ClaimFor(WebHookOptions hook) => (2 * hook.Timeout) + ClaimMargin;

    private IQueryable<WebHookDelivery> Due(string name, WebHookOptions hook, DateTimeOffset now)
    {
        // What is to wait for longer than anything does was given its time by a clock that has been put back since.
        var latest = now + WebHookBackOff.Longest(hook) + ClaimFor(hook);
        return db.WebHookDeliveries
            .Where(d => d.Hook == name && d.DiedAt == null && (d.DueAt <= now || d.DueAt > latest))
            .Where(d => !db.WebHookDeliveries.Any(earlier => earlier.Hook == d.Hook && earlier.DiskId == d.DiskId && earlier.Id < d.Id && earlier.DiedAt == null));
    }

    private async Task EndAsync(WebHookDelivery delivery, Func<IQueryable<WebHookDelivery>, Task<int>> change)
    {
        // The hook has been called: its end is recorded also when the process stops.
        await using var transaction = await db.BeginWriteAsync(CancellationToken.None);
        await change(db.WebHookDeliveries.Where(d => d.Id == delivery.Id && d.Attempts == delivery.Attempts));
        await transaction.CommitAsync(CancellationToken.None);
    }
}
