using System.Buffers.Binary;
using System.Diagnostics;
using Sparsify.Testing.Disks;
using Sparsify.Testing.Platforms;
using Sparsify.Testing.Processes;
using Xunit;

namespace Sparsify.EndToEnd.Tests;

/// <summary>A run that dies in the two stages in which virt-sparsify can damage a disk, and the repair that follows.</summary>
public sealed class RepairTests(VitalDisks masters) : IClassFixture<VitalDisks>
{
    private const string Group = VitalDisks.Group;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(6);

    [Theory]
    [InlineData("raw", "Clearing Linux swap on ")]
    [InlineData("qcow2", "Discard space in volgroup ")]
    public async Task A_run_that_is_killed_in_its_worst_moment_is_repaired_and_then_done(string format, string stage)
    {
        await using var platform = new EmbeddedPlatform();
        var disk = await masters.CopyAsync(format, platform.Storage);
        await platform.StartAsync();
        var operation = (await platform.Client.SparsifyAsync((await platform.Client.DiskAsync(Path.GetFileName(disk.Path))).Id())).Body.Id();
        await KillInStageAsync(platform, operation, stage);
        Assert.NotEqual(masters.Content, await DamageAsync(disk, stage));
        await platform.Worker("").RestartAsync();

        var done = await platform.Client.OperationInAsync(operation, Limit);
        Assert.True(done.Text("state") == "Completed", $"{done}\n{platform.Logs}");
        var attempts = done.GetProperty("attempts").EnumerateArray().ToList();
        Assert.Equal(["Failed", "Repaired", "Reclaimed"], attempts.Select(a => a.Text("outcome")));
        var repairs = attempts[1].GetProperty("repairs").EnumerateArray().Select(r => r.GetString()!).ToList();
        Assert.Contains(repairs, r => r.StartsWith(format == "raw" ? "Wrote the header" : "Removed the logical volume", StringComparison.Ordinal));
        Assert.Equal(format == "qcow2", repairs.Any(r => r.StartsWith("Freed", StringComparison.Ordinal)));
        Assert.Equal(masters.Content, await VitalDisks.ContentAsync(disk));
        if (format == "qcow2")
            await Tools.RunAsync("qemu-img", "check", "-q", "-f", "qcow2", disk.Path);
    }

    [Fact]
    public async Task An_appliance_that_is_killed_alone_leaves_a_disk_that_is_repaired_though_its_worker_and_virt_sparsify_live()
    {
        await using var platform = new EmbeddedPlatform();
        var disk = new AgedDisk(Path.Combine(platform.Storage, "disk.img"), "raw", ["lvm"]);
        await AgedDisk.MakeAsync([disk], files: 5);
        await platform.StartAsync();
        var operation = (await platform.Client.SparsifyAsync((await platform.Client.DiskAsync("disk.img")).Id())).Body.Id();
        var run = await StageAsync(platform, operation, "Discard space in volgroup ");
        ProcessTable.Kill([run.Qemu!.Value]);

        var done = await platform.Client.OperationInAsync(operation, Limit);
        Assert.True(done.Text("state") == "Completed", $"{done}\n{platform.Logs}");
        Assert.Equal(["Failed", "Repaired", "Reclaimed"], done.GetProperty("attempts").EnumerateArray().Select(a => a.Text("outcome")));
        Assert.Equal($"/dev/{Group}/root", (await VitalDisks.GuestfishAsync(disk, "lvs", ":", "e2fsck-f", $"/dev/{Group}/root")).Trim());
    }

    /// <summary>Kills worker, virt-sparsify and qemu at once, as a host that loses its power.</summary>
    private static async Task KillInStageAsync(EmbeddedPlatform platform, Guid operation, string stage)
    {
        var run = await StageAsync(platform, operation, stage);
        int[] victims = [platform.Worker("").Id, run.Lifeline, .. ProcessTable.Below(run.Lifeline)];
        ProcessTable.Kill(victims);
        await platform.Worker("").GoneAsync();
        await ProcessTable.GoneAsync(victims);
    }

    private static async Task<RunProcesses> StageAsync(EmbeddedPlatform platform, Guid operation, string stage)
    {
        var watch = Stopwatch.StartNew();
        var run = await RunProcesses.StartedAsync([platform.Scratch], operation, 1, Limit);
        while (!run.Messages.Contains(stage, StringComparison.Ordinal))
        {
            Assert.True(watch.Elapsed < Limit, $"The stage '{stage}' did not come.\n{platform.Logs}");
            if (run.Qemu is null)
                run = run.Again();
            await Task.Delay(5);
        }

        return run;
    }

    /// <summary>What such a kill does in some of its cases, so that it is repaired here in every one.</summary>
    /// <returns>The content then.</returns>
    private static async Task<string> DamageAsync(AgedDisk disk, string stage)
    {
        // The volume cannot be made where the run has left one; any other failure leaves the content as it was.
        string[] damage = stage.StartsWith("Clearing", StringComparison.Ordinal)
            ? ["zero-device", "/dev/sda2", ":"]
            : ["-lvcreate-free", "scnis5rb", Group, "100", ":"];
        var damaged = await VitalDisks.ContentAsync(disk, damage);
        if (disk.Format == "qcow2")
            await LeakAsync(disk.Path);
        return damaged;
    }

    /// <summary>Adds a cluster and counts a reference to it, and nothing refers to it. Source: qemu <c>docs/interop/qcow2.txt</c>, "Host cluster management".</summary>
    private static async Task LeakAsync(string path)
    {
        using var image = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        var table = await ReadAsync(48, 8);
        var block = await ReadAsync((long)BinaryPrimitives.ReadUInt64BigEndian(table), 8);
        var cluster = (RandomAccess.GetLength(image) + 0xffff) >> 16;
        RandomAccess.SetLength(image, (cluster + 1) << 16);
        await RandomAccess.WriteAsync(image, new byte[] { 0, 1 }, (long)BinaryPrimitives.ReadUInt64BigEndian(block) + (2 * cluster));

        async Task<byte[]> ReadAsync(long offset, int length)
        {
            var bytes = new byte[length];
            await RandomAccess.ReadAsync(image, bytes, offset);
            return bytes;
        }
    }
}
