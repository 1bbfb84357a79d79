using MassTransit;
using Microsoft.EntityFrameworkCore;
using Sparsify.Contracts;
using Sparsify.Messaging;

namespace Sparsify.Api.ReadModel;

/// <summary>Keeps storage domains.</summary>
internal sealed class StorageDomainChangedConsumer(ApiDbContext db) : IConsumer<StorageDomainChanged>
{
    public async Task Consume(ConsumeContext<StorageDomainChanged> context)
    {
        var changed = context.Message;
        await db.SerialiseAsync(context.CancellationToken, $"domain {changed.Name}");
        var row = await db.StorageDomains.SingleOrDefaultAsync(d => d.Name == changed.Name, context.CancellationToken);
        if (row is not null && row.Revision >= changed.Revision)
            return;
        row ??= db.StorageDomains.Add(new StorageDomainRow { Name = changed.Name }).Entity;
        (row.Revision, row.Snapshot) = (changed.Revision, changed);
    }
}
