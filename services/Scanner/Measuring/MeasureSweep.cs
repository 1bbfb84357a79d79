using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Sparsify.Contracts;
using Sparsify.Messaging;
using Sparsify.Scanner.Fleet;
using Sparsify.Scanner.Storage;

namespace Sparsify.Scanner.Measuring;

/// <summary>Asks the hosts of a storage domain for the disks that are due.</summary>
internal sealed class MeasureSweep(ScannerDbContext db, IOutbox<ScannerDbContext> outbox, MeasurePlan plan, TimeProvider time, IOptions<ScannerOptions> options)
{
    /// <summary>Whether any disk is due.</summary>
    public Task<bool> AnyDueAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return db.Disks.AnyAsync(d => d.MeasureDueAt <= now, cancellationToken);
    }

    /// <summary>The next storage domain by name that has disks to measure, due or not.</summary>
    /// <param name="after">The one before it; null for the first.</param>
    /// <param name="cancellationToken">The service stops.</param>
    /// <returns>Null when there is no other.</returns>
    public Task<string?> NextDomainAsync(string? after, CancellationToken cancellationToken) =>
        db.Disks.Where(d => d.MeasureDueAt != null && (after == null || string.Compare(d.StorageDomain, after) > 0)).MinAsync(d => (string?)d.StorageDomain, cancellationToken);

    /// <summary>Asks, in one transaction, for those that are due the longest, as many as the hosts have not yet too many of.</summary>
    /// <param name="storageDomain">The storage domain.</param>
    /// <param name="cancellationToken">The service stops.</param>
    /// <returns>How many.</returns>
    public async Task<int> AskAsync(string storageDomain, CancellationToken cancellationToken)
    {
        await using var transaction = await db.BeginWriteAsync(cancellationToken);
        // Replicas in turn, so that together they ask for no more than one would.
        await db.SerialiseAsync(cancellationToken, $"measuring {storageDomain}");
        var now = time.GetUtcNow();
        var unansweredSince = now - options.Value.MeasureAnswerLimit;
        var room = options.Value.MaximumAsked - await db.Disks.CountAsync(d => d.StorageDomain == storageDomain && d.AskedAt > unansweredSince, cancellationToken);
        var due = await DueAsync(storageDomain, now, room, cancellationToken);
        var queue = EndpointNames.Address(EndpointNames.Measuring(storageDomain));
        foreach (var disk in due)
        {
            (disk.AskedAt, disk.MeasureDueAt) = (now, plan.Unanswered(now));
            await outbox.Send(queue, Question(disk), cancellationToken);
        }

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        ScannerTelemetry.MeasuringAsked.Add(due.Count, new KeyValuePair<string, object?>("storage_domain", storageDomain));
        return due.Count;
    }

    private async Task<List<ScannedDisk>> DueAsync(string storageDomain, DateTimeOffset now, int atMost, CancellationToken cancellationToken)
    {
        if (atMost <= 0)
            return [];
        var ids = await db.Disks.Where(d => d.StorageDomain == storageDomain && d.MeasureDueAt <= now).OrderBy(d => d.MeasureDueAt).Select(d => d.Id).Take(atMost).ToListAsync(cancellationToken);
        await db.SerialiseAsync(cancellationToken, ids.Order().Select(id => $"disk {id}"));
        // One that was locked meanwhile is not due any more.
        return await db.Disks.Where(d => ids.Contains(d.Id) && d.MeasureDueAt <= now).ToListAsync(cancellationToken);
    }

    private static MeasureVolume Question(ScannedDisk disk) => new()
    {
        DiskId = disk.Id,
        StorageDomain = disk.Snapshot.StorageDomain,
        Path = disk.Snapshot.Path,
        Format = disk.Snapshot.Format,
        KnownStamp = disk.KnownStamp,
    };
}
