using System.Net;
using Sparsify.Testing.Disks;
using Sparsify.Testing.Platforms;
using Sparsify.Testing.Processes;
using Xunit;

namespace Sparsify.EndToEnd.Tests;

/// <summary>Processes that die while virt-sparsify works on a real disk.</summary>
public sealed class CrashTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);
    private static readonly Dictionary<string, string?> ShortLeases = new()
    {
        ["Sparsify__Orchestrator__LeaseDuration"] = "00:00:08",
        ["Sparsify__Orchestrator__LeaseGuard"] = "00:00:02",
    };

    [Fact]
    public async Task Embedded_kill_in_the_middle_of_a_run_loses_no_operation_and_leaves_no_lock_without_one()
    {
        await using var platform = new EmbeddedPlatform();
        await KillWorkerAndRestartAsync(platform, "");
    }

    [Fact]
    public async Task Distributed_kill_of_a_worker_in_the_middle_of_a_run_loses_no_operation_and_leaves_no_lock_without_one()
    {
        await using var platform = new DistributedPlatform(["host-a"]);
        await KillWorkerAndRestartAsync(platform, "host-a");
    }

    [Fact]
    public async Task A_run_that_lost_worker_and_lifeline_is_ended_in_order_by_the_workers_next_self()
    {
        // It gets its SIGINT while the appliance starts, which takes its time on a busy machine.
        await using var platform = new EmbeddedPlatform(settings: new Dictionary<string, string?> { ["Sparsify__HostWorker__FencingGrace"] = "00:03:00" });
        var disk = await TestDisk.CreateAsync(platform.Storage, "disk.img", "raw");
        await platform.StartAsync();
        var operation = await platform.SparsifyAsync(disk);
        var run = await RunProcesses.StartedAsync([platform.Scratch], operation, 1, Limit);
        while (run.Watcher is null || run.Qemu is null)
            run = run.Again();
        // The run's folder goes away with the attempt.
        var messages = Path.Combine(platform.Storage, "messages");
        await Tools.RunAsync("ln", Path.Combine(run.Folder, "messages"), messages);
        ProcessTable.Kill([platform.Worker("").Id, run.Lifeline, run.Watcher.Value]);
        await platform.Worker("").GoneAsync();
        Assert.True(ProcessTable.IsAlive(run.VirtSparsify));
        await platform.Worker("").RestartAsync();

        var done = await platform.CompletedAsync(disk, operation);
        Assert.Equal(["Failed", "Clean", "Reclaimed"], done.GetProperty("attempts").EnumerateArray().Select(a => a.Text("outcome")));
        Assert.Contains("at user request", await File.ReadAllTextAsync(messages, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_that_never_comes_back_leaves_the_disk_locked_until_a_host_has_looked_at_it()
    {
        await using var platform = new DistributedPlatform(["host-a"], ShortLeases);
        var disk = await TestDisk.CreateAsync(platform.Storage, "disk.img", "raw");
        await platform.StartAsync();
        var operation = await platform.SparsifyAsync(disk);
        await platform.Client.OperationInAsync(operation, Limit, "Running");
        await platform.Worker("host-a").KillAsync();

        var lost = await platform.Client.OperationInAsync(operation, TimeSpan.FromMinutes(1), "Recovering");
        Assert.Equal("hostLost", lost.GetProperty("error").Text("kind"));
        await LockedByAsync(platform, disk, operation);
        await disk.VerifyAsync();
    }

    [Fact]
    public async Task A_worker_that_is_frozen_in_the_middle_of_a_run_loses_the_disk_and_another_host_does_the_job()
    {
        await using var platform = new DistributedPlatform(["host-a", "host-b"], ShortLeases);
        var disk = await TestDisk.CreateAsync(platform.Storage, "disk.img", "raw");
        await platform.StartAsync();
        var operation = await platform.SparsifyAsync(disk);
        var frozen = (await platform.Client.OperationInAsync(operation, Limit, "Running")).Text("host")!;
        var process = platform.Worker(frozen).Id.ToString(System.Globalization.CultureInfo.InvariantCulture);
        await Tools.RunAsync("kill", "-STOP", process);
        try
        {
            var done = await platform.CompletedAsync(disk, operation);
            Assert.NotEqual(frozen, done.Text("host"));
            Assert.Equal(["Lost", "Clean"], done.GetProperty("attempts").EnumerateArray().Select(a => a.Text("outcome")).Take(2));
        }
        finally
        {
            await Tools.RunAsync("kill", "-CONT", process);
        }

        // What it has to say now is late and changes nothing.
        await platform.Client.UntilHostIsReadyAsync();
        await Task.Delay(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        Assert.Equal("Completed", (await platform.Client.OperationAsync(operation)).Text("state"));
        await disk.VerifyAsync();
    }

    private static async Task KillWorkerAndRestartAsync(TestPlatform platform, string host)
    {
        var cutOff = await TestDisk.CreateAsync(platform.Storage, "cut-off.img", "raw");
        var waiting = await TestDisk.CreateAsync(platform.Storage, "waiting.qcow2", "qcow2");
        await platform.StartAsync();
        var first = await platform.SparsifyAsync(cutOff);
        await platform.Client.OperationInAsync(first, Limit, "Running");
        var second = await platform.SparsifyAsync(waiting);
        await Task.Delay(TimeSpan.FromSeconds(3));
        await platform.Worker(host).KillAsync();
        await platform.Worker(host).RestartAsync();

        // What an interrupted run left is looked at first, and then the job is done.
        var done = await platform.CompletedAsync(cutOff, first);
        Assert.Equal(["Failed", "Clean", "Reclaimed"], done.GetProperty("attempts").EnumerateArray().Select(a => a.Text("outcome")));
        Assert.Equal("hostLost", done.GetProperty("attempts")[0].GetProperty("error").Text("kind"));
        await platform.CompletedAsync(waiting, second);
    }

    private static async Task LockedByAsync(TestPlatform platform, TestDisk disk, Guid operation)
    {
        var locked = await platform.Client.DiskAsync(disk.Name);
        Assert.Equal(operation, locked.Id("operationId"));
        var (status, problem) = await platform.Client.SparsifyAsync(locked.Id());
        Assert.Equal((HttpStatusCode.Conflict, operation), (status, problem.Id("operationId")));
    }
}
