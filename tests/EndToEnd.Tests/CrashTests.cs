using System.Net;
using Sparsify.Testing.Disks;
using Sparsify.Testing.Platforms;
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
    public async Task A_worker_that_never_comes_back_leaves_the_disk_locked_until_a_host_has_looked_at_it()
    {
        await using var platform = new DistributedPlatform(["host-a"], ShortLeases);
        var disk = await TestDisk.CreateAsync(platform.Storage, "disk.img", "raw");
        await platform.StartAsync();
        var operation = await StartAsync(platform, disk);
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
        var operation = await StartAsync(platform, disk);
        var frozen = (await platform.Client.OperationInAsync(operation, Limit, "Running")).Text("host")!;
        var process = platform.Worker(frozen).Id.ToString(System.Globalization.CultureInfo.InvariantCulture);
        await Tools.RunAsync("kill", "-STOP", process);
        try
        {
            var done = await CompletedAsync(platform, disk, operation);
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

    [Fact]
    public async Task Orchestrator_and_Api_may_die_in_the_middle_of_a_run_and_it_completes()
    {
        await using var platform = new DistributedPlatform(["host-a"]);
        var disk = await TestDisk.CreateAsync(platform.Storage, "disk.qcow2", "qcow2");
        await platform.StartAsync();
        var operation = await StartAsync(platform, disk);
        await platform.Client.OperationInAsync(operation, Limit, "Running");
        await Task.WhenAll(platform.Orchestrator.KillAsync(), platform.Api.KillAsync());
        await Task.WhenAll(platform.Orchestrator.RestartAsync(), platform.Api.RestartAsync());
        await CompletedAsync(platform, disk, operation);
    }

    [Fact]
    public async Task A_worker_that_is_told_to_stop_ends_its_run_in_order_and_the_job_is_done_after_its_return()
    {
        await using var platform = new DistributedPlatform(["host-a"], new Dictionary<string, string?> { ["Sparsify__HostWorker__StopGrace"] = "00:00:00" });
        var disk = await TestDisk.CreateAsync(platform.Storage, "disk.img", "raw");
        await platform.StartAsync();
        var operation = await StartAsync(platform, disk);
        await platform.Client.OperationInAsync(operation, Limit, "Running");
        Assert.Equal(0, await platform.Worker("host-a").StopAsync());

        var waiting = await platform.Client.OperationInAsync(operation, TimeSpan.FromSeconds(20), "Queued");
        Assert.Equal(1, waiting.GetProperty("attempt").GetInt32());
        await platform.Worker("host-a").RestartAsync();
        var done = await CompletedAsync(platform, disk, operation);
        Assert.Equal(2, done.GetProperty("attempt").GetInt32());
    }

    [Fact]
    public async Task A_cancel_in_the_middle_of_a_run_ends_it_in_order_and_frees_the_disk()
    {
        await using var platform = new EmbeddedPlatform();
        var disk = await TestDisk.CreateAsync(platform.Storage, "disk.qcow2", "qcow2");
        await platform.StartAsync();
        var operation = await StartAsync(platform, disk);
        await platform.Client.OperationInAsync(operation, Limit, "Running");
        Assert.Equal(HttpStatusCode.Accepted, await platform.Client.CancelAsync(operation));

        var canceled = await platform.Client.OperationInAsync(operation, Limit);
        Assert.True(canceled.Text("state") == "Canceled", $"{canceled}\n{platform.Logs}");
        Assert.Equal(HttpStatusCode.Conflict, await platform.Client.CancelAsync(operation));
        await platform.Client.DiskAsync(disk.Name, d => d.IsNull("operationId"));
        await disk.VerifyAsync();
    }

    [Fact]
    public async Task Lost_connections_to_the_broker_in_the_middle_of_a_run_change_nothing()
    {
        await using var platform = new DistributedPlatform(["host-a"]);
        var disk = await TestDisk.CreateAsync(platform.Storage, "disk.qcow2", "qcow2");
        await platform.StartAsync();
        var operation = await StartAsync(platform, disk);
        await platform.Client.OperationInAsync(operation, Limit, "Running");
        await platform.Broker.CutConnectionsAsync();
        var done = await CompletedAsync(platform, disk, operation);
        Assert.Equal(1, done.GetProperty("attempt").GetInt32());
    }

    private static async Task KillWorkerAndRestartAsync(TestPlatform platform, string host)
    {
        var cutOff = await TestDisk.CreateAsync(platform.Storage, "cut-off.img", "raw");
        var waiting = await TestDisk.CreateAsync(platform.Storage, "waiting.qcow2", "qcow2");
        await platform.StartAsync();
        var first = await StartAsync(platform, cutOff);
        await platform.Client.OperationInAsync(first, Limit, "Running");
        var second = await StartAsync(platform, waiting);
        await Task.Delay(TimeSpan.FromSeconds(3));
        await platform.Worker(host).KillAsync();
        await platform.Worker(host).RestartAsync();

        // What an interrupted run left is looked at first, and then the job is done.
        var done = await CompletedAsync(platform, cutOff, first);
        Assert.Equal(["Failed", "Clean", "Reclaimed"], done.GetProperty("attempts").EnumerateArray().Select(a => a.Text("outcome")));
        Assert.Equal("hostLost", done.GetProperty("attempts")[0].GetProperty("error").Text("kind"));
        await CompletedAsync(platform, waiting, second);
    }

    private static async Task<Guid> StartAsync(TestPlatform platform, TestDisk disk)
    {
        var (status, operation) = await platform.Client.SparsifyAsync((await platform.Client.DiskAsync(disk.Name)).Id());
        Assert.Equal(HttpStatusCode.Accepted, status);
        return operation.Id();
    }

    private static async Task<System.Text.Json.JsonElement> CompletedAsync(TestPlatform platform, TestDisk disk, Guid operation)
    {
        var done = await platform.Client.OperationInAsync(operation, Limit);
        Assert.True(done.Text("state") == "Completed", $"{done}\n{platform.Logs}");
        Assert.InRange(disk.AllocatedBytes, 1, disk.FilledBytes - TestDisk.DeadBytes);
        await platform.Client.DiskAsync(disk.Name, d => d.IsNull("operationId"));
        await disk.VerifyAsync();
        return done;
    }

    private static async Task LockedByAsync(TestPlatform platform, TestDisk disk, Guid operation)
    {
        var locked = await platform.Client.DiskAsync(disk.Name);
        Assert.Equal(operation, locked.Id("operationId"));
        var (status, problem) = await platform.Client.SparsifyAsync(locked.Id());
        Assert.Equal((HttpStatusCode.Conflict, operation), (status, problem.Id("operationId")));
    }
}
