using MassTransit;
using Microsoft.EntityFrameworkCore;
using Sparsify.Contracts;
using Sparsify.Scanner.Storage;

namespace Sparsify.Scanner.Measuring;

/// <summary>Makes all disks of a storage domain due now, those that are locked excepted.</summary>
internal sealed class ScanRequestedConsumer(ScannerDbContext db, TimeProvider time) : IConsumer<ScanRequested>
{
    public Task Consume(ConsumeContext<ScanRequested> context)
    {
        var now = time.GetUtcNow();
        return db.Disks.Where(d => d.StorageDomain == context.Message.StorageDomain && d.MeasureDueAt > now).ExecuteUpdateAsync(d => d.SetProperty(x => x.MeasureDueAt, now), context.CancellationToken);
    }
}
