using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Sparsify.Contracts;
using Sparsify.Scanner.Fleet;

namespace Sparsify.Scanner.Measuring;

/// <summary>
/// Decides when a disk is measured: once in each period, at a moment of the period that its id alone makes, so that a
/// fleet is spread evenly over it; sooner after what may have changed it; never while it is locked.
/// </summary>
internal sealed class MeasurePlan(IOptions<ScannerOptions> options, TimeProvider time)
{
    /// <summary>Something was told of a disk.</summary>
    /// <param name="disk">The disk, with what is known now.</param>
    /// <param name="before">What was known before; null for a disk that is new.</param>
    public void Heed(ScannedDisk disk, DiskChanged? before)
    {
        var known = disk.Snapshot;
        disk.StorageDomain = known.StorageDomain;
        if (before is not null && (before.StorageDomain, before.Path, before.Format) != (known.StorageDomain, known.Path, known.Format))
            Renew(disk);
        if (known.Removed || known.OperationId is not null || known.Format == VolumeFormat.Other)
            (disk.MeasureDueAt, disk.AskedAt) = (null, null);
        else if (before?.OperationId is { } operation && disk.StampedBy == operation && disk.IsMeasuredAfterRun)
            disk.MeasureDueAt = Next(disk.Id, time.GetUtcNow()); // as it is now
        else if (before is null || disk.MeasureDueAt is null || Ends(before, known))
            Bring(disk, time.GetUtcNow());
        else if (before.ActualSize != known.ActualSize || before.VirtualSize != known.VirtualSize)
            Bring(disk, Later(time.GetUtcNow(), disk.AnsweredAt + options.Value.MeasureRest));
    }

    /// <summary>What was measured says nothing any more: the disk is measured again at once, whether its files have changed or not.</summary>
    public void Renew(ScannedDisk disk)
    {
        disk.Stamp = null;
        if (disk.MeasureDueAt is not null)
            Bring(disk, time.GetUtcNow());
    }

    /// <summary>A disk is being asked for: it is due again when no answer comes.</summary>
    public DateTimeOffset Unanswered(DateTimeOffset askedAt) => askedAt + options.Value.MeasureAnswerLimit;

    /// <summary>A host has answered.</summary>
    public void Answered(ScannedDisk disk)
    {
        var now = time.GetUtcNow();
        // What became due after it was asked for is not answered by this.
        var stays = disk.MeasureDueAt is null || disk.MeasureDueAt < Unanswered(disk.AskedAt ?? now);
        (disk.AnsweredAt, disk.AskedAt) = (now, null);
        if (!stays)
            disk.MeasureDueAt = Next(disk.Id, now);
    }

    /// <summary>The disk's next moment.</summary>
    public DateTimeOffset Next(Guid diskId, DateTimeOffset now)
    {
        var period = options.Value.MeasurePeriod.Ticks;
        Span<byte> id = stackalloc byte[16];
        diskId.TryWriteBytes(id);
        // Ids that are counted up, too, fall anywhere.
        var phase = (long)(BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(id)) % (ulong)period);
        var since = (now.UtcTicks - phase) % period;
        return now.AddTicks(period - (since < 0 ? since + period : since));
    }

    private static void Bring(ScannedDisk disk, DateTimeOffset due) => disk.MeasureDueAt = disk.MeasureDueAt < due ? disk.MeasureDueAt : due;

    private static DateTimeOffset Later(DateTimeOffset now, DateTimeOffset? then) => then > now ? then.Value : now;

    /// <summary>A VM has stopped, or a snapshot is gone: what was read before is out of date at once.</summary>
    private static bool Ends(DiskChanged before, DiskChanged now) =>
        before.Vms.Any(v => v.Status != VmStatus.Down) && now.Vms.All(v => v.Status == VmStatus.Down)
        || DiskComparison.LostItsSnapshots(before, now);
}
