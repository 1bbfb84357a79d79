using MassTransit;
using Microsoft.EntityFrameworkCore;
using Sparsify.Contracts;
using Sparsify.Messaging;
using Sparsify.Scanner.Alerts;
using Sparsify.Scanner.Measuring;
using Sparsify.Scanner.Storage;

namespace Sparsify.Scanner.Fleet;

/// <summary>What was measured before a completed operation says nothing any more.</summary>
internal sealed class SparsifyDiskCompletedConsumer(ScannerDbContext db, Alerting alerts, MeasurePlan plan) : IConsumer<SparsifyDiskCompleted>
{
    public async Task Consume(ConsumeContext<SparsifyDiskCompleted> context)
    {
        var completed = context.Message;
        await db.SerialiseAsync(context.CancellationToken, $"disk {completed.DiskId}");
        if (await db.Disks.SingleOrDefaultAsync(d => d.Id == completed.DiskId, context.CancellationToken) is not { } disk)
            return;
        if (disk.MeasuredAfter(completed) is null)
            plan.Renew(disk);
        if (alerts.Settle(disk, await db.OpenAlertAsync(disk.Id, context.CancellationToken), completed) is { } news)
            await context.Publish(news, context.CancellationToken);
        // Whose unlocking was heard of before: nothing else follows, and it may need another run already.
        if (alerts.Judge(disk, alert: null) is { } again)
            await context.Publish(again, context.CancellationToken);
    }
}
