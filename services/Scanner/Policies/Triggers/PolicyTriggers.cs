using Microsoft.EntityFrameworkCore;
using Sparsify.Contracts;
using Sparsify.Scanner.Fleet;
using Sparsify.Scanner.Policies.Selecting;
using Sparsify.Scanner.Policies.Storing;
using Sparsify.Scanner.Storage;

namespace Sparsify.Scanner.Policies.Triggers;

/// <summary>Sees what happens to disks, and notes those that a policy takes for it. In the caller's transaction, which has serialised the disk.</summary>
internal sealed class PolicyTriggers(ScannerDbContext db, PolicyBook policies, TimeProvider time)
{
    /// <summary>Compares a disk with what was known of it.</summary>
    /// <param name="disk">The disk as it is now.</param>
    /// <param name="before">What was known before; null when it is new.</param>
    /// <param name="alertRaised">Its dead space has just passed the thresholds.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task NoteAsync(ScannedDisk disk, DiskChanged? before, bool alertRaised, CancellationToken cancellationToken)
    {
        if (disk.RemovedAt is not null || disk.Snapshot.OperationId is not null)
            return;
        var reclaimable = disk.Measurement?.Reclaimable;
        // What shrinks by itself has the next growth counted from there.
        if (reclaimable is { } now)
            disk.Baseline = Math.Min(disk.Baseline ?? now, now);
        if (policies.InForce.TakerOf(disk.Snapshot) is not { } policy)
            return;
        var happened = DiskEvents.Between(before, disk.Snapshot, alertRaised).Where(policy.Rule.Trigger.Events.Contains).Cast<PolicyEvent?>().FirstOrDefault();
        var grew = reclaimable - disk.Baseline >= policy.Rule.Trigger.GrewBy;
        if (grew)
            disk.Baseline = reclaimable;
        if ((happened is null && !grew) || await db.PolicyEvents.AnyAsync(e => e.PolicyId == policy.Id && e.DiskId == disk.Id, cancellationToken))
            return;
        db.PolicyEvents.Add(new PolicyEventRow { PolicyId = policy.Id, DiskId = disk.Id, Event = happened, At = time.GetUtcNow() });
    }
}
