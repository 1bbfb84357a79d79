using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using System.Text.Json;
using Sparsify.Testing.Disks;
using Sparsify.Testing.Platforms;
using Xunit;

namespace Sparsify.EndToEnd.Tests;

/// <summary>A real qemu with a VM's disk, while an operation works on it and after.</summary>
public sealed class MachineTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    [Fact]
    public async Task A_VM_cannot_start_on_a_disk_under_work_and_a_running_one_keeps_its_disk()
    {
        await using var platform = new DistributedPlatform(["host-a"]);
        var disk = await TestDisk.CreateAsync(platform.Storage, "disk.qcow2", "qcow2");
        await platform.StartAsync();
        await platform.Client.UntilHostIsReadyAsync();
        var id = (await platform.Client.DiskAsync(disk.Name)).Id();
        var operation = (await platform.Client.SparsifyAsync(id)).Body.Id();
        await platform.Client.OperationInAsync(operation, Limit, "Running");
        await UntilOpenAsync(disk);

        // Somebody starts it: qemu's image lock refuses, the operation goes on, and the conflict is shown.
        var vm = Guid.NewGuid();
        await ReportAsync(platform, vm, id, "poweringUp");
        using (var refused = Boot(disk))
        {
            await refused.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.NotEqual(0, refused.ExitCode);
            Assert.Contains("\"write\" lock", await refused.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }

        // Before it is reported down: of two reports that are on their way at once the newer one alone may count.
        await PlatformClient.UntilAsync(
            async () => Warnings(await platform.Client.OperationAsync(operation)).Count > 0 ? true : (bool?)null,
            Limit,
            () => $"the conflict was shown.\n{platform.Logs}");
        await ReportAsync(platform, vm, id, "down");
        var done = await platform.Client.OperationInAsync(operation, Limit);
        Assert.True(done.Text("state") == "Completed", $"{done}\n{platform.Logs}");
        Assert.Contains("powering up", Assert.Single(Warnings(done)), StringComparison.Ordinal);
        await disk.VerifyAsync();

        using var running = Boot(disk);
        try
        {
            await UntilOpenAsync(disk);
            await RefusedAsync(platform, vm, id, disk);
            Assert.False(running.HasExited);
        }
        finally
        {
            running.Kill();
            await running.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    private static List<string> Warnings(JsonElement operation) => [.. operation.GetProperty("warnings").EnumerateArray().Select(w => w.GetString()!)];

    /// <summary>By the rule when it is reported, and by the host's own look when nobody has reported it.</summary>
    private static async Task RefusedAsync(DistributedPlatform platform, Guid vm, Guid id, TestDisk disk)
    {
        var before = disk.AllocatedBytes;
        await ReportAsync(platform, vm, id, "up");
        await platform.Client.DiskAsync(disk.Name, d => d.Codes().Contains("VM_NOT_DOWN"));
        var (status, problem) = await platform.Client.SparsifyAsync(id, new { force = true });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Equal(["VM_NOT_DOWN"], problem.Codes());

        await ReportAsync(platform, vm, id, "down");
        await platform.Client.DiskAsync(disk.Name, d => !d.Codes().Any());
        var operation = (await platform.Client.SparsifyAsync(id, new { force = true })).Body.Id();
        var failed = await platform.Client.OperationInAsync(operation, Limit, "Failed");
        Assert.Equal("inUse", failed.GetProperty("error").Text("kind"));
        Assert.Equal(["VOLUME_IN_USE"], failed.Codes());
        Assert.Equal(before, disk.AllocatedBytes);
    }

    private static Task ReportAsync(DistributedPlatform platform, Guid vm, Guid disk, string status) => platform.Broker.PublishAsync(
        "VmStatusReported", new { vmId = vm, name = "web-1", status, reportedAt = DateTimeOffset.UtcNow, diskIds = new[] { disk } });

    /// <summary>A machine that stands still at its first instruction; it has its disks open all the same.</summary>
    private static Process Boot(TestDisk disk)
    {
        var (program, machine) = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? ("qemu-system-aarch64", "virt") : ("qemu-system-x86_64", "pc");
        string[] arguments = ["-S", "-machine", machine, "-accel", "tcg", "-display", "none", "-nodefaults", "-drive", $"file={disk.Path},format={disk.Format},if=none,id=disk", "-device", "virtio-blk-pci,drive=disk"];
        return Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
    }

    private static async Task UntilOpenAsync(TestDisk disk)
    {
        var watch = Stopwatch.StartNew();
        while (!await IsOpenAsync(disk))
        {
            Assert.True(watch.Elapsed < Limit, $"Nothing has {disk.Path} open.");
            await Task.Delay(100);
        }
    }

    /// <summary>By the locks that the kernel lists: a program that opened the disk to see would take one itself, and the machine that starts just then would find it taken.</summary>
    private static async Task<bool> IsOpenAsync(TestDisk disk)
    {
        var inode = (await Tools.RunAsync("stat", "-c", "%i", disk.Path)).Trim();
        return (await File.ReadAllLinesAsync("/proc/locks")).Any(l => l.Contains($":{inode} ", StringComparison.Ordinal));
    }
}
