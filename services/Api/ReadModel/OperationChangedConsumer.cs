using MassTransit;
using Microsoft.EntityFrameworkCore;
using Sparsify.Contracts;
using Sparsify.Messaging;

namespace Sparsify.Api.ReadModel;

/// <summary>Keeps operations.</summary>
internal sealed class OperationChangedConsumer(ApiDbContext db) : IConsumer<OperationChanged>
{
    public async Task Consume(ConsumeContext<OperationChanged> context)
    {
        var changed = context.Message;
        await db.SerialiseAsync(context.CancellationToken, $"operation {changed.OperationId}");
        var row = await db.Operations.SingleOrDefaultAsync(o => o.Id == changed.OperationId, context.CancellationToken);
        if (row is null || row.Revision < changed.Revision)
            (row ?? db.Operations.Add(new OperationRow { Id = changed.OperationId }).Entity).Apply(changed);
    }
}
