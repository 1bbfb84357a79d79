using MassTransit;
using Microsoft.EntityFrameworkCore;
using Sparsify.Contracts;
using Sparsify.Messaging;

namespace Sparsify.Api.ReadModel;

/// <summary>Keeps which hosts are out of work.</summary>
internal sealed class HostDrainChangedConsumer(ApiDbContext db) : IConsumer<HostDrainChanged>
{
    public async Task Consume(ConsumeContext<HostDrainChanged> context)
    {
        var changed = context.Message;
        await db.SerialiseAsync(context.CancellationToken, $"host {changed.Host}");
        if (await db.Hosts.SingleOrDefaultAsync(h => h.Name == changed.Host, context.CancellationToken) is { } row && changed.Revision >= row.DrainRevision)
            (row.Draining, row.DrainRevision) = (changed.Draining, changed.Revision);
    }
}
