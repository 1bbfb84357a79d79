using MassTransit;
using Microsoft.EntityFrameworkCore;
using Sparsify.Contracts;
using Sparsify.Messaging;

namespace Sparsify.Api.ReadModel;

/// <summary>Keeps how far the newest attempt of an operation is.</summary>
internal sealed class VolumeJobProgressedConsumer(ApiDbContext db) : IConsumer<VolumeJobProgressed>
{
    public async Task Consume(ConsumeContext<VolumeJobProgressed> context)
    {
        var progress = context.Message;
        await db.SerialiseAsync(context.CancellationToken, $"operation {progress.OperationId}");
        var row = await db.Operations.SingleOrDefaultAsync(o => o.Id == progress.OperationId, context.CancellationToken);
        if (row is null || (progress.Attempt, progress.Sequence).CompareTo((row.ProgressAttempt, row.ProgressSequence)) <= 0)
            return;
        (row.ProgressAttempt, row.ProgressSequence, row.Fraction, row.Stage) = (progress.Attempt, progress.Sequence, Math.Clamp(progress.Fraction, 0, 1), progress.Stage);
    }
}
