using System.Globalization;
using System.Net;
using Sparsify.Testing.Disks;
using Sparsify.Testing.Platforms;
using Sparsify.Testing.Processes;
using Xunit;

namespace Sparsify.EndToEnd.Tests;

/// <summary>Runs on a real disk that are cancelled, handed back, or left alone by everything but their host.</summary>
public sealed class InterruptionTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task A_worker_that_is_told_to_stop_ends_its_run_in_order_and_the_job_is_done_after_its_return()
    {
        await using var platform = new DistributedPlatform(["host-a"], new Dictionary<string, string?> { ["Sparsify__HostWorker__StopGrace"] = "00:00:00" });
        var disk = await TestDisk.CreateAsync(platform.Storage, "disk.img", "raw");
        await platform.StartAsync();
        var operation = await platform.SparsifyAsync(disk);
        await platform.Client.OperationInAsync(operation, Limit, "Running");
        Assert.Equal(0, await platform.Worker("host-a").StopAsync());

        var waiting = await platform.Client.OperationInAsync(operation, TimeSpan.FromSeconds(20), "Queued");
        Assert.Equal(1, waiting.GetProperty("attempt").GetInt32());
        await platform.Worker("host-a").RestartAsync();
        var done = await platform.CompletedAsync(disk, operation);
        Assert.Equal(2, done.GetProperty("attempt").GetInt32());
    }

    [Fact]
    public async Task A_cancel_in_the_middle_of_a_run_ends_it_in_order_and_frees_the_disk_once_the_run_is_gone()
    {
        await using var platform = new EmbeddedPlatform();
        var disk = await TestDisk.CreateAsync(platform.Storage, "disk.qcow2", "qcow2");
        await platform.StartAsync();
        var operation = await platform.SparsifyAsync(disk);
        var run = await RunProcesses.StartedAsync([platform.Scratch], operation, attempt: 1, Limit);
        while (run.Qemu is null)
            run = run.Again();
        await platform.Client.OperationInAsync(operation, Limit, "Running");
        // Its step takes as long as the test wants: what is frozen heeds no SIGINT.
        var process = run.VirtSparsify.ToString(CultureInfo.InvariantCulture);
        await Tools.RunAsync("kill", "-STOP", process);
        Assert.Equal(HttpStatusCode.Accepted, await platform.Client.CancelAsync(operation));
        await platform.Client.OperationInAsync(operation, Limit, "Canceling");
        await Task.Delay(Settle, TestContext.Current.CancellationToken);
        Assert.Equal("Canceling", (await platform.Client.OperationAsync(operation)).Text("state"));
        Assert.All(run.Tool, id => Assert.True(ProcessTable.IsAlive(id)));
        await Tools.RunAsync("kill", "-CONT", process);

        var canceled = await platform.Client.OperationInAsync(operation, Limit);
        Assert.Empty(RunProcesses.UsersOf(disk.Path));
        Assert.True(canceled.Text("state") == "Canceled", $"{canceled}\n{platform.Logs}");
        // Interrupted in order, and not cut off and looked at.
        Assert.Equal(1, canceled.GetProperty("attempt").GetInt32());
        Assert.Equal(HttpStatusCode.Conflict, await platform.Client.CancelAsync(operation));
        await platform.Client.DiskAsync(disk.Name, d => d.IsNull("operationId"));
        await disk.VerifyAsync();
    }

    [Fact]
    public async Task Orchestrator_and_Api_may_die_and_connections_be_lost_in_the_middle_of_a_run_and_it_completes()
    {
        await using var platform = new DistributedPlatform(["host-a"]);
        var disk = await TestDisk.CreateAsync(platform.Storage, "disk.qcow2", "qcow2");
        await platform.StartAsync();
        var operation = await platform.SparsifyAsync(disk);
        await platform.Client.OperationInAsync(operation, Limit, "Running");
        await Task.WhenAll(platform.Orchestrator.KillAsync(), platform.Api.KillAsync());
        await Task.WhenAll(platform.Orchestrator.RestartAsync(), platform.Api.RestartAsync());
        await platform.Broker.CutConnectionsAsync();
        var done = await platform.CompletedAsync(disk, operation);
        Assert.Equal(1, done.GetProperty("attempt").GetInt32());
    }
}
