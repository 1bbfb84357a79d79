using MassTransit;
using Microsoft.EntityFrameworkCore;
using Sparsify.Contracts;

namespace Sparsify.Api.ReadModel;

/// <summary>A disk could not be measured; the figures that are known, if any, stay.</summary>
internal sealed class VolumeNotMeasuredConsumer(ApiDbContext db) : IConsumer<VolumeNotMeasured>
{
    public Task Consume(ConsumeContext<VolumeNotMeasured> context)
    {
        var looked = context.Message;
        return db.Disks.Where(d => d.Id == looked.DiskId && (d.LookedAt == null || d.LookedAt < looked.LookedAt))
            .ExecuteUpdateAsync(d => d.SetProperty(x => x.LookedAt, looked.LookedAt).SetProperty(x => x.NotMeasuredBecause, looked.Reason), context.CancellationToken);
    }
}
