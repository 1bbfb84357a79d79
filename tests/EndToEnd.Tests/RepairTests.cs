using System.Diagnostics;
using System.Globalization;
using Sparsify.Testing.Disks;
using Sparsify.Testing.Platforms;
using Xunit;

namespace Sparsify.EndToEnd.Tests;

/// <summary>A run that dies in the two stages in which virt-sparsify can damage a disk, and the repair that follows.</summary>
public sealed class RepairTests
{
    private const string Group = "vg2";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(6);

    [Theory]
    [InlineData("raw", "Clearing Linux swap on ")]
    [InlineData("qcow2", "Discard space in volgroup ")]
    public async Task A_run_that_is_killed_in_its_worst_moment_is_repaired_and_then_done(string format, string stage)
    {
        await using var platform = new EmbeddedPlatform();
        var disk = new AgedDisk(Path.Combine(platform.Storage, format == "raw" ? "disk.img" : "disk.qcow2"), format, ["ext4", "swap", "lvm"]);
        await AgedDisk.MakeAsync([disk], files: 60);
        var before = await ContentAsync(disk);
        await platform.StartAsync();
        var operation = (await platform.Client.SparsifyAsync((await platform.Client.DiskAsync(Path.GetFileName(disk.Path))).Id())).Body.Id();
        await KillInStageAsync(platform, stage);
        await DamageAsync(disk, stage);
        Assert.NotEqual(before, await ContentAsync(disk));
        await platform.Worker("").RestartAsync();

        var done = await platform.Client.OperationInAsync(operation, Limit);
        Assert.True(done.Text("state") == "Completed", $"{done}\n{platform.Logs}");
        var attempts = done.GetProperty("attempts").EnumerateArray().ToList();
        Assert.Equal(["Failed", "Repaired", "Reclaimed"], attempts.Select(a => a.Text("outcome")));
        Assert.Single(attempts[1].GetProperty("repairs").EnumerateArray());
        Assert.Equal(before, await ContentAsync(disk));
        if (format == "qcow2")
            await Tools.RunAsync("qemu-img", "check", "-q", "-f", "qcow2", disk.Path);
    }

    /// <summary>Kills worker, virt-sparsify and qemu at once, as a host that loses its power.</summary>
    private static async Task KillInStageAsync(EmbeddedPlatform platform, string stage)
    {
        var watch = Stopwatch.StartNew();
        while (!Directory.GetFiles(platform.Scratch, "messages", SearchOption.AllDirectories).Any(f => ReadShared(f).Contains(stage, StringComparison.Ordinal)))
        {
            Assert.True(watch.Elapsed < Limit, $"The stage '{stage}' did not come.\n{platform.Logs}");
            await Task.Delay(5);
        }

        var worker = platform.Worker("").Id.ToString(CultureInfo.InvariantCulture);
        var victims = await Tools.RunAsync("bash", "-c", $"all() {{ for p in $(pgrep -P $1); do echo $p; all $p; done; }}; all {worker}");
        await Tools.RunAsync("bash", "-c", $"kill -KILL {worker} {victims.Replace('\n', ' ')} 2>/dev/null || true");
        await platform.Worker("").GoneAsync();
        while ((await Tools.RunAsync("bash", "-c", $"for p in {victims.Replace('\n', ' ')}; do kill -0 $p 2>/dev/null && echo $p; done; true")).Trim().Length > 0)
            await Task.Delay(50);
    }

    /// <summary>What such a kill does in some of its cases, so that it is repaired here in every one.</summary>
    private static async Task DamageAsync(AgedDisk disk, string stage)
    {
        if (stage.StartsWith("Clearing", StringComparison.Ordinal))
            await GuestfishAsync(disk, "zero-device", "/dev/sda2");
        else if (!(await GuestfishAsync(disk, "lvs")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Any(v => v != $"/dev/{Group}/root"))
            await GuestfishAsync(disk, "lvcreate-free", "scnis5rb", Group, "100");
    }

    /// <summary>The vital bytes, and every file of both file systems.</summary>
    private static async Task<string> ContentAsync(AgedDisk disk) => await GuestfishAsync(
        disk,
        "lvs", ":", "vfs-type", "/dev/sda2", ":", "pread-device", "/dev/sda2", "4096", "0", ":", "mount-ro", "/dev/sda1", "/", ":", "checksums-out", "md5", "/", "/dev/stdout", ":", "umount", "/", ":",
        "mount-ro", $"/dev/{Group}/root", "/", ":", "checksums-out", "md5", "/", "/dev/stdout");

    private static Task<string> GuestfishAsync(AgedDisk disk, params string[] commands) => Guestfs.RunAsync("guestfish", [$"--format={disk.Format}", $"--add={disk.Path}", "run", ":", .. commands]);

    private static string ReadShared(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return reader.ReadToEnd();
    }
}
