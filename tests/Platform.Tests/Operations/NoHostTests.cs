using MassTransit;
using Microsoft.EntityFrameworkCore;
using Sparsify.Contracts;
using Sparsify.Platform.Tests.Hosting;
using Sparsify.Testing.Servers;
using Xunit;

namespace Sparsify.Platform.Tests.Operations;

/// <summary>Jobs that wait for a host, and what is said of them too late.</summary>
public sealed class NoHostTests
{
    public static TheoryData<BackEndKind> BackEnds => [BackEndKind.Embedded, BackEndKind.Distributed];

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Theory]
    [MemberData(nameof(BackEnds))]
    public async Task A_word_that_no_host_came_in_time_takes_no_disk_from_the_host_that_came(BackEndKind kind)
    {
        await using var platform = await TestPlatform.StartAsync(kind);
        var disk = await platform.AddDiskAsync();
        var operation = await platform.RequestAsync(disk);
        await TestPlatform.UntilAsync(async () => (await platform.Client.OperationAsync(operation)).Codes().Contains("NO_HOST"), "the want of a host is shown");
        var job = await platform.HostA.GetJobAsync(operation);
        Assert.Null(await platform.WithDatabaseAsync(db => db.VolumeJobs.Select(j => j.NoHostSince).SingleAsync()));
        await platform.HostA.BeginAsync(job);
        await SayLateAsync(platform, operation, "Running");

        await platform.HostA.FailedAsync(job, retryable: false, endedByItself: false);
        var repair = await platform.HostA.GetRepairAsync(operation, attempt: 2);
        await SayLateAsync(platform, operation, "Recovering");
        Assert.True((await platform.HostA.RenewAsync(repair.Job)).Given);
        await platform.HostA.RepairedAsync(repair, RepairOutcome.Clean);
        await platform.HostA.GetJobAsync(operation, attempt: 3);
        Assert.Empty(platform.Published.Of<DiskUnlocked>());
    }

    [Fact]
    public async Task It_does_so_even_before_the_host_has_said_that_it_started()
    {
        await using var platform = await TestPlatform.StartAsync(BackEndKind.Embedded);
        var operation = await platform.RequestAsync(await platform.AddDiskAsync());
        var job = await platform.HostA.GetJobAsync(operation);
        Assert.True((await platform.HostA.RenewAsync(job)).Given);
        Assert.True(await platform.HostA.JournalAsync(job));
        await SayLateAsync(platform, operation, "Queued");
        await platform.HostA.SucceededAsync(job);
        await platform.Client.OperationInAsync(operation, Limit, "Completed");
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public async Task A_host_that_takes_no_work_is_none_and_is_shown_with_its_reason_while_it_lasts(BackEndKind kind)
    {
        await using var platform = await TestPlatform.StartAsync(kind);
        await platform.Bus.Publish(new HostHeartbeat
        {
            Host = platform.HostA.Name,
            InstanceId = platform.HostA.Instance,
            SentAt = DateTimeOffset.UtcNow,
            TimeToLive = TimeSpan.FromMinutes(1),
            Slots = 1,
            RunningJobs = 0,
            StorageDomains = [TestPlatform.Domain],
            Capabilities = new HostCapabilities(null, [], null, null),
            NotClaimingBecause = "No appliance starts here.",
        });
        await TestPlatform.UntilAsync(() => platform.WithDatabaseAsync(db => db.Hosts.AnyAsync()), "the host is known");
        await TestPlatform.UntilAsync(async () => await platform.HostAsync("host-a") is not null, "the host is shown");
        var shown = (await platform.HostAsync("host-a"))!.Value;
        Assert.Equal((true, false, "No appliance starts here."), (shown.GetProperty("alive").GetBoolean(), shown.GetProperty("draining").GetBoolean(), shown.Text("notClaimingBecause")));
        var operation = await platform.RequestAsync(await platform.AddDiskAsync());
        await TestPlatform.UntilAsync(async () => (await platform.Client.OperationAsync(operation)).Codes().Contains("NO_HOST"), "the want of a host is shown");
        await platform.HostA.HeartbeatAsync();
        await platform.HostA.GetJobAsync(operation);
        await TestPlatform.UntilAsync(async () => (await platform.HostAsync("host-a"))!.Value.IsNull("notClaimingBecause"), "no reason is shown any more");
    }

    /// <summary>The message is as old as the operation, and arrives only now.</summary>
    private static async Task SayLateAsync(TestPlatform platform, Guid operation, string state)
    {
        foreach (var expired in new[] { false, true })
            await platform.Bus.Publish(new VolumeJobUnclaimed { OperationId = operation, StorageDomain = TestPlatform.Domain, Expired = expired, QueuedAt = DateTimeOffset.UtcNow.AddDays(-1) });
        // One thing more after it on the same queue.
        await platform.Bus.Publish(new LockedDiskInUse { OperationId = operation, VmId = Guid.NewGuid(), Status = VmStatus.Up, Violation = new Violation("VM_NOT_DOWN", $"In use while {state}.", "") });
        await TestPlatform.UntilAsync(() => platform.WithDatabaseAsync(async db => (await db.Operations.AsNoTracking().SingleAsync()).Warnings.Any(w => w.Contains($"while {state}", StringComparison.Ordinal))), "the words were heard");
        await platform.Client.OperationInAsync(operation, Limit, state);
        Assert.Equal(1, await platform.WithDatabaseAsync(db => db.DiskLocks.CountAsync()));
    }
}
