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
        plan.Renew(disk);
        if (alerts.Settle(disk, await db.OpenAlertAsync(disk.Id, context.CancellationToken), completed.CompletedAt) is { } news)
            await context.Publish(news, context.CancellationToken);
    }
}
