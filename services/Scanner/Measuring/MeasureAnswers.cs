using Microsoft.EntityFrameworkCore;
using Sparsify.Contracts;
using Sparsify.Messaging;
using Sparsify.Scanner.Storage;

namespace Sparsify.Scanner.Measuring;

/// <summary>Notes, in the caller's transaction, that a host has answered for a disk. The figures themselves come with what the Orchestrator tells of the disk.</summary>
internal sealed class MeasureAnswers(ScannerDbContext db, MeasurePlan plan)
{
    /// <summary>A disk was looked at.</summary>
    /// <param name="diskId">The disk.</param>
    /// <param name="outcome">For the count.</param>
    /// <param name="measured">What was measured; null leaves what is known.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task NoteAsync(Guid diskId, string outcome, VolumeMeasured? measured, CancellationToken cancellationToken)
    {
        await db.SerialiseAsync(cancellationToken, $"disk {diskId}");
        ScannerTelemetry.MeasuringAnswered.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
        if (await db.Disks.SingleOrDefaultAsync(d => d.Id == diskId, cancellationToken) is not { } disk)
            return;
        if (measured is not null)
            (disk.Stamp, disk.StampedAt, disk.StampedBy) = (measured.Stamp, measured.Measurement.MeasuredAt, measured.OperationId);
        plan.Answered(disk);
    }
}
