using Sparsify.HostWorker.Runs;
using Xunit;

namespace Sparsify.HostWorker.Tests.Runs;

/// <summary>What a run passed over, read from its trace, however the appliance's console comes between.</summary>
public sealed class FileSystemPlanTests
{
    private const string Error = "mount exited with status 32: mount: /sysroot: can't read superblock on /dev/sda2.";

    [Theory]
    [InlineData($"guestfsd: error: {Error}", "libguestfs: trace: mount_options = -1 (error)")]
    [InlineData($"guestfsd: error: {Error}libguestfs: trace: mount_options = -1 (error)", "")]
    [InlineData($"guestfsd: error: {Error}", "guestfsd: => mount_optionslibguestfs: trace: mount_options = -1 (error)")]
    public void A_file_system_that_could_not_be_mounted_is_told_with_the_reason(params string[] lines)
    {
        var plan = Plan(lines);
        Assert.True(plan.IsPassedOver("/dev/sda2"));
        Assert.Equal([$"/dev/sda2 (ext4) was passed over: {Error}"], plan.PassedOver);
    }

    [Fact]
    public void A_reason_belongs_to_the_file_system_that_is_mounted_last()
    {
        var plan = Plan("guestfsd: error: an older one", "libguestfs: trace: mount_options \"discard\" \"/dev/sda2\" \"/\"", "libguestfs: trace: mount_options = -1 (error)");
        Assert.Equal(["/dev/sda2 (ext4) was passed over: it could not be mounted"], plan.PassedOver);
    }

    [Fact]
    public void Swap_and_what_is_no_file_system_are_not_passed_over()
    {
        var plan = Plan("libguestfs: trace: mount_options = 0", "libguestfs: trace: mount_options \"discard\" \"/dev/sda1\" \"/\"", "libguestfs: trace: mount_options = -1 (error)");
        Assert.Empty(plan.PassedOver);
        Assert.False(plan.IsPassedOver("/dev/sda1"));
    }

    private static FileSystemPlan Plan(params string[] lines)
    {
        var plan = new FileSystemPlan();
        plan.See("libguestfs: trace: list_filesystems = [\"/dev/sda1\", \"swap\", \"/dev/sda2\", \"ext4\"]");
        plan.See("libguestfs: trace: mount_options \"discard\" \"/dev/sda2\" \"/\"");
        foreach (var line in lines)
            plan.See(line);
        return plan;
    }
}
