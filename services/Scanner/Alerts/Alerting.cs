using MassTransit;
using Sparsify.Contracts;
using Sparsify.Scanner.Fleet;
using Sparsify.Scanner.Policies.Selecting;
using Sparsify.Scanner.Storage;
using Sparsify.Scanner.Thresholds;
using Sparsify.Scanner.WebHooks;

namespace Sparsify.Scanner.Alerts;

/// <summary>Raises, repeats and clears alerts, in the caller's transaction, which has serialised the disk.</summary>
internal sealed class Alerting(ScannerDbContext db, WebHookQueue hooks, DiskThresholds thresholdsOf, TimeProvider time)
{
    /// <summary>Compares what is known of a disk with its thresholds.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="alert">Its alert that lasts; null when there is none.</param>
    /// <returns>What is to be told: an alert that is new or over; null when nothing has changed.</returns>
    public object? Judge(ScannedDisk disk, Alert? alert)
    {
        if (disk.RemovedAt is not null)
            return Clear(alert, disk, NeedClearedReason.DiskRemoved);
        // Of a disk under work the figures change by the second; the operation's end tells.
        if (disk.Snapshot.OperationId is not null || disk.Measurement is not { } measurement)
            return null;
        var (thresholds, _) = thresholdsOf.Of(disk.Snapshot);
        if (alert is null && thresholds.Passes(measurement.Reclaimable, disk.Snapshot.ActualSize))
            return Raise(disk);
        if (!thresholds.IsClearlyBelow(measurement.Reclaimable, disk.Snapshot.ActualSize))
            return null;
        // The unlocking may be heard of before the operation's end.
        var sparsified = disk.IsMeasuredAfterRun && alert?.RaisedAt < measurement.MeasuredAt;
        return Clear(alert, disk, sparsified ? NeedClearedReason.Sparsified : NeedClearedReason.BelowThreshold);
    }

    /// <summary>An operation has completed: what was measured before says nothing any more, but for what its host measured at its end.</summary>
    /// <returns>What is to be told; null when there was no alert.</returns>
    public SparsifyNeedCleared? Settle(ScannedDisk disk, Alert? alert, SparsifyDiskCompleted completed)
    {
        var known = disk.Snapshot.Measurement?.MeasuredAt ?? completed.CompletedAt;
        disk.SettledAt = disk.MeasuredAfter(completed) - ScannedDisk.SameTime ?? (known > completed.CompletedAt ? known : completed.CompletedAt);
        disk.Baseline = disk.Measurement?.Reclaimable;
        return Clear(alert, disk, NeedClearedReason.Sparsified);
    }

    /// <summary>Says an alert again that lasts.</summary>
    public SparsifyNeeded Say(Alert alert, ScannedDisk disk)
    {
        var known = disk.Snapshot;
        var (thresholds, policy) = thresholdsOf.Of(known);
        alert.Revision++;
        alert.SaidAt = alert.Revision == 1 ? alert.RaisedAt : time.GetUtcNow();
        var needed = new SparsifyNeeded
        {
            AlertId = alert.Id,
            Revision = alert.Revision,
            DiskId = disk.Id,
            Name = known.Name,
            StorageDomain = known.StorageDomain,
            Path = known.Path,
            ActualSize = known.ActualSize,
            Measurement = known.Measurement!,
            Thresholds = thresholds,
            PolicyName = policy?.Rule.Name,
            Vms = known.Vms,
            Violations = known.Violations,
            RaisedAt = alert.RaisedAt,
            At = alert.SaidAt,
        };
        hooks.Add(AlertEvent.Of(needed));
        return needed;
    }

    private SparsifyNeeded Raise(ScannedDisk disk)
    {
        var alert = db.Alerts.Add(new Alert { Id = NewId.NextSequentialGuid(), DiskId = disk.Id, OpenDiskId = disk.Id, RaisedAt = time.GetUtcNow() }).Entity;
        ScannerTelemetry.AlertsRaised.Add(1, new KeyValuePair<string, object?>("storage_domain", disk.Snapshot.StorageDomain));
        return Say(alert, disk);
    }

    private SparsifyNeedCleared? Clear(Alert? alert, ScannedDisk disk, NeedClearedReason reason)
    {
        if (alert is null)
            return null;
        var now = time.GetUtcNow();
        alert.Revision++;
        (alert.OpenDiskId, alert.ClearedAt, alert.Reason) = (null, now, reason);
        var cleared = new SparsifyNeedCleared
        {
            AlertId = alert.Id,
            Revision = alert.Revision,
            DiskId = alert.DiskId,
            Reason = reason,
            Reclaimable = disk.Measurement?.Reclaimable,
            RaisedAt = alert.RaisedAt,
            ClearedAt = now,
        };
        hooks.Add(AlertEvent.Of(cleared));
        return cleared;
    }
}
