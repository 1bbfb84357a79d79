using MassTransit;
using Microsoft.EntityFrameworkCore;
using Sparsify.Contracts;

namespace Sparsify.Api.ReadModel;

/// <summary>A disk is as it was when it was measured: its figures hold.</summary>
internal sealed class VolumeUnchangedConsumer(ApiDbContext db) : IConsumer<VolumeUnchanged>
{
    public Task Consume(ConsumeContext<VolumeUnchanged> context)
    {
        var looked = context.Message;
        return db.Disks.Where(d => d.Id == looked.DiskId && (d.LookedAt == null || d.LookedAt < looked.LookedAt))
            .ExecuteUpdateAsync(d => d.SetProperty(x => x.LookedAt, looked.LookedAt).SetProperty(x => x.NotMeasuredBecause, (string?)null), context.CancellationToken);
    }
}
