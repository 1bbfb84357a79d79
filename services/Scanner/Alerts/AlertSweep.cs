using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Sparsify.Contracts;
using Sparsify.Messaging;
using Sparsify.Scanner.Fleet;
using Sparsify.Scanner.Policies.Storing;
using Sparsify.Scanner.Storage;

namespace Sparsify.Scanner.Alerts;

/// <summary>Looks at some alerts or disks, in one transaction.</summary>
internal sealed class AlertSweep(ScannerDbContext db, IOutbox<ScannerDbContext> outbox, Alerting alerts, PolicyBook policies, TimeProvider time, IOptions<ScannerOptions> options)
{
    /// <summary>As many as one transaction looks at.</summary>
    public const int Batch = 100;

    /// <summary>Says alerts again that have lasted since they were last said; those that are over by now are cleared.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> RepeatAsync(CancellationToken cancellationToken)
    {
        await using var transaction = await db.BeginWriteAsync(cancellationToken);
        await policies.EnsureReadAsync(db, cancellationToken);
        var saidBefore = time.GetUtcNow() - options.Value.AlertRepeatInterval;
        var due = await db.Alerts.AsNoTracking().Where(a => a.OpenDiskId != null && a.SaidAt < saidBefore).OrderBy(a => a.SaidAt).Select(a => a.DiskId).Take(Batch).ToListAsync(cancellationToken);
        await db.SerialiseAsync(cancellationToken, due.Order().Select(id => $"disk {id}"));
        foreach (var (disk, alert) in await ReadAsync(due, cancellationToken))
        {
            if (alert?.SaidAt < saidBefore)
                await TellAsync(alerts.Judge(disk, alert) ?? alerts.Say(alert, disk), cancellationToken);
        }

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return due.Count;
    }

    /// <summary>Compares the next disks with the thresholds: those may be others than when a disk was last told of.</summary>
    /// <param name="after">The last disk that was looked at; null for the first ones.</param>
    /// <param name="cancellationToken">The service stops.</param>
    /// <returns>The last disk now; null when there are no more.</returns>
    public async Task<Guid?> JudgeAsync(Guid? after, CancellationToken cancellationToken)
    {
        await using var transaction = await db.BeginWriteAsync(cancellationToken);
        await policies.EnsureReadAsync(db, cancellationToken);
        var ids = await db.Disks.AsNoTracking().Where(d => d.RemovedAt == null && (after == null || d.Id > after)).OrderBy(d => d.Id).Select(d => d.Id).Take(Batch).ToListAsync(cancellationToken);
        await db.SerialiseAsync(cancellationToken, ids.Order().Select(id => $"disk {id}"));
        foreach (var (disk, alert) in await ReadAsync(ids, cancellationToken))
        {
            if (alerts.Judge(disk, alert) is { } news)
                await TellAsync(news, cancellationToken);
        }

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return ids.Count == Batch ? ids[^1] : null;
    }

    private async Task<IEnumerable<(ScannedDisk Disk, Alert? Alert)>> ReadAsync(List<Guid> diskIds, CancellationToken cancellationToken)
    {
        var open = await db.Alerts.Where(a => diskIds.Contains(a.OpenDiskId!.Value)).ToDictionaryAsync(a => a.DiskId, cancellationToken);
        return (await db.Disks.Where(d => diskIds.Contains(d.Id)).ToListAsync(cancellationToken)).Select(d => (d, open.GetValueOrDefault(d.Id)));
    }

    private Task TellAsync(object news, CancellationToken cancellationToken) => news switch
    {
        SparsifyNeeded needed => outbox.Publish(needed, cancellationToken),
        SparsifyNeedCleared cleared => outbox.Publish(cleared, cancellationToken),
        _ => throw new InvalidOperationException($"{news.GetType().Name} is no news of an alert."),
    };
}
