using MassTransit;
using Microsoft.EntityFrameworkCore;
using Sparsify.Contracts;
using Sparsify.Messaging;
using Sparsify.Scanner.Alerts;
using Sparsify.Scanner.Measuring;
using Sparsify.Scanner.Policies.Storing;
using Sparsify.Scanner.Policies.Triggers;
using Sparsify.Scanner.Storage;

namespace Sparsify.Scanner.Fleet;

/// <summary>Keeps what is known of the disks, plans their measuring, and compares each change with the thresholds and with what triggers policies. A removed one stays as a mark, so that a late older event does not bring it back.</summary>
internal sealed class DiskChangedConsumer(ScannerDbContext db, Alerting alerts, MeasurePlan plan, PolicyBook policies, PolicyTriggers triggers, TimeProvider time) : IConsumer<DiskChanged>
{
    public async Task Consume(ConsumeContext<DiskChanged> context)
    {
        var changed = context.Message;
        await db.SerialiseAsync(context.CancellationToken, $"disk {changed.DiskId}");
        var disk = await db.Disks.SingleOrDefaultAsync(d => d.Id == changed.DiskId, context.CancellationToken);
        if (disk?.Revision >= changed.Revision)
            return;
        var before = disk?.Snapshot;
        disk ??= db.Disks.Add(new ScannedDisk { Id = changed.DiskId }).Entity;
        await policies.EnsureReadAsync(db, context.CancellationToken);
        disk.Revision = changed.Revision;
        disk.Snapshot = changed;
        disk.RemovedAt = changed.Removed ? time.GetUtcNow() : null;
        plan.Heed(disk, before);
        var news = alerts.Judge(disk, await db.OpenAlertAsync(disk.Id, context.CancellationToken));
        if (news is not null)
            await context.Publish(news, context.CancellationToken);
        await triggers.NoteAsync(disk, before, alertRaised: news is SparsifyNeeded, context.CancellationToken);
    }
}
