using Sparsify.Contracts;
using Sparsify.Scanner.Policies.Triggers;
using Xunit;

namespace Sparsify.Scanner.Tests.Policies;

/// <summary>What happens to disks.</summary>
public sealed class DiskEventsTests
{
    private static readonly Violation Snapshots = new(ViolationCodes.HasSnapshots, "It has two volumes.", "Remove the snapshot.");

    [Fact]
    public void A_VM_that_was_up_and_is_down_has_stopped()
    {
        var vm = Samples.Vm("web-1", VmStatus.Up);
        var up = Samples.Disk("root", 500, "vms", vm).Snapshot;
        var down = up with { Vms = [vm with { Status = VmStatus.Down }] };
        Assert.Equal([PolicyEvent.VmStopped], DiskEvents.Between(up, down, alertRaised: false));
        Assert.Empty(DiskEvents.Between(down, down, alertRaised: false));
        Assert.Empty(DiskEvents.Between(down, up, alertRaised: false));
        Assert.Empty(DiskEvents.Between(up with { Vms = [] }, down, alertRaised: false));
        Assert.Empty(DiskEvents.Between(null, down, alertRaised: false));
    }

    [Fact]
    public void A_snapshot_that_was_there_and_is_not_was_removed()
    {
        var without = Samples.Disk("root").Snapshot;
        var with = without with { Violations = [Snapshots] };
        Assert.Equal([PolicyEvent.SnapshotRemoved], DiskEvents.Between(with, without, alertRaised: false));
        Assert.Empty(DiskEvents.Between(without, with, alertRaised: false));
        Assert.Equal([PolicyEvent.ThresholdPassed], DiskEvents.Between(null, without, alertRaised: true));
    }
}
