using System.Net;
using Sparsify.Testing.Disks;
using Sparsify.Testing.Platforms;
using Xunit;

namespace Sparsify.EndToEnd.Tests;

/// <summary>Runs on a real disk that are cancelled, handed back, or left alone by everything but their host.</summary>
public sealed class InterruptionTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

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
    public async Task A_cancel_in_the_middle_of_a_run_ends_it_in_order_and_frees_the_disk()
    {
        await using var platform = new EmbeddedPlatform();
        var disk = await TestDisk.CreateAsync(platform.Storage, "disk.qcow2", "qcow2");
        await platform.StartAsync();
        var operation = await platform.SparsifyAsync(disk);
        await platform.Client.OperationInAsync(operation, Limit, "Running");
        Assert.Equal(HttpStatusCode.Accepted, await platform.Client.CancelAsync(operation));

        var canceled = await platform.Client.OperationInAsync(operation, Limit);
        Assert.True(canceled.Text("state") == "Canceled", $"{canceled}\n{platform.Logs}");
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
