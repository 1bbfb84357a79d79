using MassTransit;
using Microsoft.EntityFrameworkCore;
using Sparsify.Contracts;
using Sparsify.Messaging;

namespace Sparsify.Api.ReadModel;

/// <summary>Keeps alerts that last.</summary>
internal sealed class SparsifyNeededConsumer(ApiDbContext db) : IConsumer<SparsifyNeeded>
{
    public async Task Consume(ConsumeContext<SparsifyNeeded> context)
    {
        var needed = context.Message;
        await db.SerialiseAsync(context.CancellationToken, $"alert {needed.AlertId}");
        var row = await db.Alerts.SingleOrDefaultAsync(a => a.Id == needed.AlertId, context.CancellationToken);
        if (row?.Revision >= needed.Revision && row.Snapshot is not null)
            return;
        row ??= db.Alerts.Add(new AlertRow { Id = needed.AlertId, DiskId = needed.DiskId, SortKey = AlertRow.KeyOf(needed.RaisedAt, needed.AlertId) }).Entity;
        row.Revision = Math.Max(row.Revision, needed.Revision);
        row.StorageDomain = needed.StorageDomain;
        row.Snapshot = needed;
    }
}
