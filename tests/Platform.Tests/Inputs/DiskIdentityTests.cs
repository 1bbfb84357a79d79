using System.Net;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Sparsify.Contracts;
using Sparsify.Platform.Tests.Hosting;
using Sparsify.Testing.Servers;
using Xunit;

namespace Sparsify.Platform.Tests.Inputs;

/// <summary>A volume has one disk, whoever reports it, and one operation, whatever its disk is called meanwhile.</summary>
public sealed class DiskIdentityTests
{
    public static TheoryData<BackEndKind> BackEnds => [BackEndKind.Embedded, BackEndKind.Distributed];

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Theory]
    [MemberData(nameof(BackEnds))]
    public async Task A_volume_that_is_worked_on_is_given_to_nobody_else_under_another_id(BackEndKind kind)
    {
        await using var platform = await TestPlatform.StartAsync(kind);
        var found = await platform.AddDiskAsync("web", d => d with { Source = ReportSource.Host });
        var operation = await platform.RequestAsync(found);
        var job = await platform.HostA.GetJobAsync(operation);
        await platform.HostA.BeginAsync(job);

        await platform.Bus.Publish(new DiskRemoved { DiskId = found, RemovedAt = DateTimeOffset.UtcNow, Source = ReportSource.Host });
        await TestPlatform.UntilAsync(async () => !await platform.WithDatabaseAsync(db => db.Disks.AnyAsync()), "the disk is forgotten");
        var real = await platform.AddDiskAsync("web-root", d => d with { Path = "web.img" });
        await TestPlatform.UntilAsync(async () => (await platform.Client.GetAsync($"/api/v1/disks/{real}")).Codes().Contains("DISK_LOCKED"), "the lock is shown");
        var (status, refused) = await platform.Client.SparsifyAsync(real);
        Assert.Equal((HttpStatusCode.Conflict, operation), (status, refused.GetProperty("violations")[0].Id("operationId")));

        await platform.HostA.SucceededAsync(job);
        await platform.Client.OperationInAsync(operation, Limit, "Completed");
        await TestPlatform.UntilAsync(async () => (await platform.Client.GetAsync($"/api/v1/disks/{real}")).IsNull("operationId"), "the disk is seen as free");
        await platform.RequestAsync(real);
    }

    [Fact]
    public async Task A_VM_and_its_disk_that_are_first_reported_at_one_moment_are_told_together()
    {
        const int Pairs = 150;
        await using var platform = await TestPlatform.StartAsync(BackEndKind.Distributed);
        await Task.WhenAll(Enumerable.Range(0, Pairs).Select(i => Task.WhenAll(ReportVmAsync(i), ReportDiskAsync(i))));
        await TestPlatform.UntilAsync(() => platform.WithReadModelAsync(async db => await db.Disks.CountAsync() == Pairs), "all disks are known");
        await TestPlatform.UntilAsync(() => platform.WithDatabaseAsync(async db => await db.VirtualMachines.CountAsync() == Pairs), "all VMs are known");
        await TestPlatform.UntilAsync(() => platform.WithReadModelAsync(async db => (await db.Disks.AsNoTracking().ToListAsync()).All(d => d.Snapshot.Vms.Count == 1)), "each disk is told with its VM");

        Task ReportVmAsync(int i) => platform.Bus.Publish(new VmStatusReported { VmId = Guid.NewGuid(), Name = $"vm-{i}", Status = VmStatus.Up, ReportedAt = DateTimeOffset.UtcNow, Volumes = [new VolumeReference(TestPlatform.Domain, $"disk-{i}.img")] });

        Task ReportDiskAsync(int i) => platform.Bus.Publish(new DiskReported { DiskId = Guid.NewGuid(), Name = $"disk-{i}", StorageDomain = TestPlatform.Domain, Path = $"disk-{i}.img", Format = VolumeFormat.Raw, VirtualSize = 10_000, ActualSize = 1000, ReportedAt = DateTimeOffset.UtcNow });
    }

    [Fact]
    public async Task A_storage_domain_and_its_disk_that_are_first_reported_at_one_moment_are_told_together()
    {
        const int Pairs = 150;
        await using var platform = await TestPlatform.StartAsync(BackEndKind.Distributed);
        await Task.WhenAll(Enumerable.Range(0, Pairs).Select(i => Task.WhenAll(
            platform.Bus.Publish(new StorageDomainReported { Name = $"domain-{i}", Kind = StorageKind.Other, ReportedAt = DateTimeOffset.UtcNow }),
            platform.Bus.Publish(Report(Guid.NewGuid(), "disk", DateTimeOffset.UtcNow) with { StorageDomain = $"domain-{i}" }))));
        await TestPlatform.UntilAsync(() => platform.WithReadModelAsync(async db => await db.Disks.CountAsync() == Pairs), "all disks are known");
        await TestPlatform.UntilAsync(() => platform.WithDatabaseAsync(async db => await db.StorageDomains.CountAsync() == Pairs), "all storage domains are known");
        await TestPlatform.UntilAsync(() => platform.WithReadModelAsync(async db => !await db.Disks.AnyAsync(d => d.Eligible)), "each disk is told as what its storage domain makes it");
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public async Task A_removed_disk_comes_back_by_what_is_seen_later_and_not_by_what_was_seen_before(BackEndKind kind)
    {
        await using var platform = await TestPlatform.StartAsync(kind);
        var seen = DateTimeOffset.UtcNow;
        var disk = await platform.AddDiskAsync("web", d => d with { Source = ReportSource.Host });
        await platform.HostA.SucceededAsync(await BegunAsync(platform, disk));
        await platform.Bus.Publish(new DiskRemoved { DiskId = disk, RemovedAt = DateTimeOffset.UtcNow, Source = ReportSource.Host });
        await TestPlatform.UntilAsync(() => platform.WithReadModelAsync(db => db.Disks.AnyAsync(d => d.Id == disk && d.Removed)), "it is heard to be gone");
        await platform.Bus.Publish(Report(disk, "web", seen) with { Source = ReportSource.Host });
        await platform.AddDiskAsync("afterwards");
        Assert.False(await platform.WithDatabaseAsync(db => db.Disks.AnyAsync(d => d.Id == disk)));

        // By an Orchestrator whose clock is a day behind that of the one which knew it first.
        await platform.WithDatabaseAsync(db => db.RemovedDisks.ExecuteUpdateAsync(d => d.SetProperty(x => x.Revision, x => x.Revision + 86_400_000)));
        await platform.WithReadModelAsync(db => db.Disks.Where(d => d.Id == disk).ExecuteUpdateAsync(d => d.SetProperty(x => x.Revision, x => x.Revision + 86_400_000)));
        await platform.Bus.Publish(Report(disk, "web", DateTimeOffset.UtcNow) with { Source = ReportSource.Host });
        await TestPlatform.UntilAsync(() => platform.WithReadModelAsync(db => db.Disks.AnyAsync(d => d.Id == disk && !d.Removed)), "it is heard to be there again");
        Assert.Equal(2, (await BegunAsync(platform, disk)).Generation);
        Assert.False(await platform.WithDatabaseAsync(db => db.RemovedDisks.AnyAsync()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_disk_that_is_removed_while_something_else_of_it_is_told_is_heard_to_be_gone(bool adopted)
    {
        await using var platform = await TestPlatform.StartAsync(BackEndKind.Distributed);
        var disk = await platform.AddDiskAsync("web", d => d with { Source = ReportSource.Host });
        var told = await platform.WithDatabaseAsync(async db =>
        {
            // What a lock's end does, held open until the removal has seen the disk and waits for its row.
            await using var change = await db.Database.BeginTransactionAsync();
            await db.Disks.ExecuteUpdateAsync(d => d.SetProperty(x => x.Revision, x => x.Revision + 1));
            await (adopted
                ? platform.Bus.Publish(Report(Guid.NewGuid(), "web", DateTimeOffset.UtcNow))
                : platform.Bus.Publish(new DiskRemoved { DiskId = disk, RemovedAt = DateTimeOffset.UtcNow, Source = ReportSource.Host }));
            await platform.UntilATransactionWaitsAsync("the removal waits for the disk's row");
            var revision = await db.Disks.Select(d => d.Revision).SingleAsync();
            await change.CommitAsync();
            return revision;
        });
        await TestPlatform.UntilAsync(async () => !await platform.WithDatabaseAsync(db => db.Disks.AnyAsync(d => d.Id == disk)), "the disk is forgotten");
        await TestPlatform.UntilAsync(() => platform.WithReadModelAsync(db => db.Disks.AnyAsync(d => d.Id == disk && d.Removed && d.Revision > told)), "its end is heard of, as the latest there is");
    }

    [Fact]
    public async Task A_VM_that_starts_is_heard_of_by_an_operation_whose_disk_is_forgotten()
    {
        await using var platform = await TestPlatform.StartAsync(BackEndKind.Embedded);
        var disk = await platform.AddDiskAsync("web");
        var operation = await platform.RequestAsync(disk);
        await platform.Bus.Publish(new DiskRemoved { DiskId = disk, RemovedAt = DateTimeOffset.UtcNow });
        await TestPlatform.UntilAsync(async () => !await platform.WithDatabaseAsync(db => db.Disks.AnyAsync()), "the disk is forgotten");
        await platform.Bus.Publish(new VmStatusReported { VmId = Guid.NewGuid(), Name = "web-1", Status = VmStatus.Up, ReportedAt = DateTimeOffset.UtcNow, Volumes = [new VolumeReference(TestPlatform.Domain, "web.img")] });
        Assert.Equal(["VM_NOT_DOWN"], (await platform.Client.OperationInAsync(operation, Limit, "Rejected")).Codes());
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public async Task A_disk_that_was_moved_keeps_its_id_although_a_host_found_its_new_place_first(BackEndKind kind)
    {
        await using var platform = await TestPlatform.StartAsync(kind);
        var before = DateTimeOffset.UtcNow;
        var disk = await platform.AddDiskAsync("here");
        var found = await platform.AddDiskAsync("there", d => d with { Source = ReportSource.Host, Qcow2Version = 3 });
        await ReportAsync(platform, disk, DateTimeOffset.UtcNow);
        await TestPlatform.UntilAsync(() => platform.WithDatabaseAsync(db => db.Disks.AnyAsync(d => d.Id == disk && d.Path == "there.img" && d.Qcow2Version == 3)), "the disk is where it was moved to");
        Assert.Equal(1, await platform.WithDatabaseAsync(db => db.Disks.CountAsync()));

        // A report from before that changes nothing, also for the disk that a host has found meanwhile where this one was.
        await platform.AddDiskAsync("found", d => d with { DiskId = found, Path = "here.img", Source = ReportSource.Host });
        await platform.Bus.Publish(Report(disk, "here", before));
        await platform.AddDiskAsync("afterwards");
        Assert.Equal(["afterwards.img", "here.img", "there.img"], await platform.WithDatabaseAsync(db => db.Disks.Select(d => d.Path).OrderBy(p => p).ToListAsync()));
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public async Task Two_disks_that_change_places_are_both_known_afterwards_whichever_is_reported_first(BackEndKind kind)
    {
        await using var platform = await TestPlatform.StartAsync(kind);
        var (one, other) = (await platform.AddDiskAsync("here"), await platform.AddDiskAsync("there"));
        await ReportAsync(platform, one, DateTimeOffset.UtcNow);
        await TestPlatform.UntilAsync(() => platform.WithDatabaseAsync(db => db.Disks.AnyAsync(d => d.Id == one && d.Path == "there.img")), "the one is where the other was");
        await platform.Bus.Publish(Report(other, "here", DateTimeOffset.UtcNow));
        await TestPlatform.UntilAsync(() => platform.WithReadModelAsync(async db => await db.Disks.CountAsync(d => !d.Removed) == 2), "both are known");
        // An old report of the one does not take the place back.
        await platform.Bus.Publish(Report(one, "here", DateTimeOffset.UtcNow.AddMinutes(-1)));
        await platform.AddDiskAsync("afterwards");
        Assert.Equal([(other, "here.img"), (one, "there.img")], await platform.WithDatabaseAsync(async db => (await db.Disks.Where(d => d.Name != "afterwards").OrderBy(d => d.Path).ToListAsync()).Select(d => (d.Id, d.Path))));
    }

    private static async Task<SparsifyVolume> BegunAsync(TestPlatform platform, Guid disk)
    {
        var job = await platform.HostA.GetJobAsync(await platform.RequestAsync(disk));
        await platform.HostA.BeginAsync(job);
        return job;
    }

    private static Task ReportAsync(TestPlatform platform, Guid disk, DateTimeOffset at) => platform.Bus.Publish(Report(disk, "there", at));

    private static DiskReported Report(Guid disk, string name, DateTimeOffset at) => new()
    {
        DiskId = disk,
        Name = name,
        StorageDomain = TestPlatform.Domain,
        Path = $"{name}.img",
        Format = VolumeFormat.Raw,
        VirtualSize = 10_000,
        ActualSize = 1000,
        ReportedAt = at,
    };
}
