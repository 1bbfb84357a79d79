using MassTransit;
using Microsoft.EntityFrameworkCore;
using Sparsify.Contracts;
using Sparsify.Platform.Tests.Hosting;
using Sparsify.Testing.Servers;
using Xunit;

namespace Sparsify.Platform.Tests.Operations;

public sealed class RetentionTests
{
    public static TheoryData<BackEndKind> BackEnds => [BackEndKind.Embedded, BackEndKind.Distributed];

    [Theory]
    [MemberData(nameof(BackEnds))]
    public async Task Operations_that_ended_long_ago_are_forgotten_with_all_that_belongs_to_them_and_no_others(BackEndKind kind)
    {
        string[] services = ["Orchestrator", "Api"];
        await using var platform = await TestPlatform.StartAsync(
            kind, [.. services.SelectMany(s => new[] { ($"Sparsify:{s}:OperationRetention", "00:00:03"), ($"Sparsify:{s}:RetentionInterval", "00:00:00.5") })]);
        var waiting = await platform.RequestAsync(await platform.AddDiskAsync(), new { priority = "low" });
        var ended = await platform.RequestAsync(await platform.AddDiskAsync());
        var job = await platform.HostA.GetJobAsync(ended);
        await platform.HostA.BeginAsync(job);
        await platform.HostA.SucceededAsync(job);
        await platform.Client.OperationInAsync(ended, TimeSpan.FromSeconds(20), "Completed");
        await TestPlatform.UntilAsync(
            async () => !(await platform.Client.GetAsync("/api/v1/operations")).GetProperty("items").EnumerateArray().Any(o => o.Id() == ended), "the API has forgotten it");
        await TestPlatform.UntilAsync(
            () => platform.WithDatabaseAsync(async db => await db.Operations.CountAsync() == 1 && await db.VolumeJobs.CountAsync() == 1 && !await db.JobAttempts.AnyAsync(a => a.OperationId == ended)),
            "the Orchestrator has forgotten it");
        Assert.Equal("Queued", (await platform.Client.OperationAsync(waiting)).GetProperty("state").GetString());
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public async Task Hosts_that_fell_silent_and_disks_and_VMs_that_are_gone_are_forgotten_and_a_drained_host_is_not(BackEndKind kind)
    {
        string[] services = ["Orchestrator", "Api"];
        await using var platform = await TestPlatform.StartAsync(
            kind, [.. services.SelectMany(s => new[] { ($"Sparsify:{s}:InventoryRetention", "00:00:02"), ($"Sparsify:{s}:RetentionInterval", "00:00:00.5") })]);
        var (gone, kept) = (await platform.AddDiskAsync(), await platform.AddDiskAsync());
        await platform.HostA.HeartbeatAsync(timeToLive: TimeSpan.FromSeconds(1));
        await platform.HostB.HeartbeatAsync(timeToLive: TimeSpan.FromSeconds(1));
        await TestPlatform.UntilAsync(async () => (await platform.Client.GetAsync("/api/v1/hosts")).GetProperty("items").GetArrayLength() == 2, "both hosts are known");
        await platform.Client.PostAsync("/api/v1/hosts/host-b/drain", new { });
        await platform.Bus.Publish(new VmStatusReported { VmId = Guid.NewGuid(), Name = "gone", Status = VmStatus.Down, ReportedAt = DateTimeOffset.UtcNow, Volumes = [] });
        await platform.Bus.Publish(new DiskRemoved { DiskId = gone, RemovedAt = DateTimeOffset.UtcNow.AddMinutes(1) });
        await platform.Bus.Publish(new CancelSparsifyRequested { OperationId = Guid.NewGuid() });
        await TestPlatform.UntilAsync(() => platform.WithDatabaseAsync(db => db.EarlyCancels.AnyAsync()), "the cancel of an unknown operation is kept");
        await TestPlatform.UntilAsync(() => platform.WithDatabaseAsync(async db => !await db.EarlyCancels.AnyAsync()), "and forgotten");
        await TestPlatform.UntilAsync(
            async () => (await platform.Client.GetAsync("/api/v1/hosts")).GetProperty("items").EnumerateArray().Select(h => h.GetProperty("name").GetString()).SequenceEqual(["host-b"]), "the API has forgotten host-a");
        await TestPlatform.UntilAsync(
            () => platform.WithDatabaseAsync(async db => await db.Hosts.Select(h => h.Name).ToListAsync() is ["host-b"] && !await db.VirtualMachines.AnyAsync() && !await db.RemovedDisks.AnyAsync() && !await db.Disks.AnyAsync(d => d.Id == gone)), "the Orchestrator has forgotten host-a, the VM and the mark of the removed disk");
        await TestPlatform.UntilAsync(() => platform.WithReadModelAsync(async db => await db.Disks.Select(d => d.Id).ToListAsync() is [var left] && left == kept), "the mark of the removed disk is gone");
    }
}
