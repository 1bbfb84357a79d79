using MassTransit;
using Microsoft.EntityFrameworkCore;
using Sparsify.Contracts;
using Sparsify.Messaging;

namespace Sparsify.Api.ReadModel;

/// <summary>Keeps disks; a removed one stays as a mark, so that a late older event does not bring it back.</summary>
internal sealed class DiskChangedConsumer(ApiDbContext db) : IConsumer<DiskChanged>
{
    public async Task Consume(ConsumeContext<DiskChanged> context)
    {
        var changed = context.Message;
        await db.SerialiseAsync(context.CancellationToken, $"disk {changed.DiskId}");
        var row = await db.Disks.SingleOrDefaultAsync(d => d.Id == changed.DiskId, context.CancellationToken);
        if (row is not null && row.Revision >= changed.Revision && !IsAnother(row, changed))
            return;
        (row ?? db.Disks.Add(new DiskRow { Id = changed.DiskId }).Entity).Apply(changed);
    }

    /// <summary>A disk that was removed and found again counts its revisions from the start.</summary>
    private static bool IsAnother(DiskRow row, DiskChanged changed) => row.Removed && !changed.Removed && changed.Revision == 1;
}
