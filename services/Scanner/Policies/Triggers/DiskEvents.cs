using Sparsify.Contracts;
using Sparsify.Scanner.Fleet;

namespace Sparsify.Scanner.Policies.Triggers;

/// <summary>What has happened to a disk between two snapshots.</summary>
internal static class DiskEvents
{
    /// <summary>Tells.</summary>
    /// <param name="before">The older one; null when the disk is new: then nothing is known to have happened.</param>
    /// <param name="after">The newer one.</param>
    /// <param name="alertRaised">The newer figures have passed the thresholds.</param>
    public static IEnumerable<PolicyEvent> Between(DiskChanged? before, DiskChanged after, bool alertRaised)
    {
        if (before is not null && after.Vms.Any(vm => vm.Status == VmStatus.Down && before.Vms.Any(b => b.Id == vm.Id && b.Status != VmStatus.Down)))
            yield return PolicyEvent.VmStopped;
        if (alertRaised)
            yield return PolicyEvent.ThresholdPassed;
        if (before is not null && DiskComparison.LostItsSnapshots(before, after))
            yield return PolicyEvent.SnapshotRemoved;
    }
}
