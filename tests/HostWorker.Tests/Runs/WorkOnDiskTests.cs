using Sparsify.HostWorker.Runs;
using Xunit;

namespace Sparsify.HostWorker.Tests.Runs;

/// <summary>Traces as virt-sparsify 1.48 wrote them.</summary>
public sealed class WorkOnDiskTests
{
    private const string Death = "libguestfs: child_cleanup: 0x55f3b52acb10: child process died";

    [Fact]
    public void A_run_that_puts_back_what_it_takes_leaves_nothing_open()
    {
        var work = new WorkOnDisk();
        See(work, "mount_options \"discard\" \"/dev/sda1\" \"/\"", "fstrim \"/\"", "fstrim = 0");
        Assert.Null(work.Open);
        See(work, "blkdiscard \"/dev/sda4\"", "blkdiscard = 0", "pwrite_device \"/dev/sda4\" \"\\x00\"<truncated, original size 4096 bytes> 0");
        Assert.StartsWith("blkdiscard", work.Open, StringComparison.Ordinal);
        See(work, "pwrite_device = 4096");
        Assert.Null(work.Open);
        See(work, "lvcreate_free \"gu0g62gk\" \"vg2\" 100", "lvcreate_free = 0", "blkdiscard \"/dev/vg2/gu0g62gk\"", "blkdiscard = 0", "lvremove \"/dev/vg2/gu0g62gk\"");
        Assert.NotNull(work.Open);
        See(work, "lvremove = 0", "shutdown", "shutdown = 0");
        Assert.Null(work.Open);
        Assert.False(work.ApplianceDied);
    }

    [Fact]
    public void A_full_volume_group_refuses_the_volume_and_nothing_is_open()
    {
        var work = new WorkOnDisk();
        See(work, "lvcreate_free \"gu0g62gk\" \"vg2\" 100", "lvcreate_free = -1 (error)");
        Assert.Null(work.Open);
    }

    [Fact]
    public void What_a_dead_appliance_had_done_of_its_last_call_is_not_known()
    {
        var work = new WorkOnDisk();
        See(work, "lvcreate_free \"gu0g62gk\" \"vg2\" 100");
        work.See($"guestfsd: a piece of the console{Death}");
        See(work, "lvcreate_free = -1 (error)");
        Assert.NotNull(work.Open);
        Assert.True(work.ApplianceDied);
    }

    [Fact]
    public void An_appliance_that_dies_before_anything_is_written_leaves_the_disk_alone()
    {
        var work = new WorkOnDisk();
        See(work, "launch", "launch = 0", "list_filesystems");
        work.See(Death);
        See(work, "list_filesystems = NULL (error)");
        Assert.False(work.ApplianceDied);
    }

    private static void See(WorkOnDisk work, params string[] calls)
    {
        foreach (var call in calls)
            work.See($"libguestfs: trace: {call}");
    }
}
