using MassTransit;
using Microsoft.EntityFrameworkCore;
using Sparsify.Contracts;
using Sparsify.Messaging;

namespace Sparsify.Api.ReadModel;

/// <summary>Keeps that an alert is over, also when that is heard before the alert itself.</summary>
internal sealed class SparsifyNeedClearedConsumer(ApiDbContext db) : IConsumer<SparsifyNeedCleared>
{
    public async Task Consume(ConsumeContext<SparsifyNeedCleared> context)
    {
        var cleared = context.Message;
        await db.SerialiseAsync(context.CancellationToken, $"alert {cleared.AlertId}");
        var row = await db.Alerts.SingleOrDefaultAsync(a => a.Id == cleared.AlertId, context.CancellationToken);
        if (row?.Revision >= cleared.Revision)
            return;
        row ??= db.Alerts.Add(new AlertRow { Id = cleared.AlertId, DiskId = cleared.DiskId, SortKey = AlertRow.KeyOf(cleared.RaisedAt, cleared.AlertId) }).Entity;
        (row.Revision, row.ClearedAt, row.Reason) = (cleared.Revision, cleared.ClearedAt, cleared.Reason);
    }
}
