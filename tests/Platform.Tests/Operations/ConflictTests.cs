using MassTransit;
using Microsoft.EntityFrameworkCore;
using Sparsify.Contracts;
using Sparsify.Platform.Tests.Hosting;
using Sparsify.Testing.Servers;
using Xunit;

namespace Sparsify.Platform.Tests.Operations;

/// <summary>A VM that starts while an operation holds its disk.</summary>
public sealed class ConflictTests
{
    public static TheoryData<BackEndKind> BackEnds => [BackEndKind.Embedded, BackEndKind.Distributed];

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Theory]
    [MemberData(nameof(BackEnds))]
    public async Task A_waiting_operation_is_rejected_and_its_disk_unlocked(BackEndKind kind)
    {
        await using var platform = await TestPlatform.StartAsync(kind);
        var disk = await platform.AddDiskAsync();
        var operation = await platform.RequestAsync(disk);
        await ReportAsync(platform, disk, VmStatus.PoweringUp);
        Assert.Equal(["VM_NOT_DOWN"], (await platform.Client.OperationInAsync(operation, Limit, "Rejected")).Codes());
        await TestPlatform.UntilAsync(() => platform.Published.Of<DiskUnlocked>().Any() && platform.Published.Of<SparsifyDiskRejected>().Any(), "the end was published");
        await platform.HostA.ClaimAsync();
        await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        Assert.Empty(platform.HostA.Received<SparsifyVolume>());
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public async Task A_running_operation_goes_on_and_shows_the_conflict_once(BackEndKind kind)
    {
        await using var platform = await TestPlatform.StartAsync(kind);
        var disk = await platform.AddDiskAsync();
        var operation = await platform.RequestAsync(disk);
        var job = await platform.HostA.GetJobAsync(operation);
        await platform.HostA.BeginAsync(job);
        await platform.Client.OperationInAsync(operation, Limit, "Running");
        var vm = await ReportAsync(platform, disk, VmStatus.PoweringUp);
        await TestPlatform.UntilAsync(() => platform.Published.Of<SparsifyDiskConflict>().Any(), "the conflict was published");
        await ReportAsync(platform, disk, VmStatus.PoweringUp, vm);
        await ReportAsync(platform, disk, VmStatus.Down, vm);
        await platform.HostA.SucceededAsync(job);

        var done = await platform.Client.OperationInAsync(operation, Limit, "Completed");
        Assert.Contains("VM 'web-1', which is powering up", Assert.Single(done.GetProperty("warnings").EnumerateArray()).GetString(), StringComparison.Ordinal);
        var told = Assert.Single(platform.Published.Of<SparsifyDiskConflict>());
        Assert.Equal((operation, disk, vm, VmStatus.PoweringUp), (told.OperationId, told.DiskId, told.VmId, told.Status));
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public async Task A_host_that_has_the_job_gets_no_leave_to_start_once_a_VM_has_the_disk(BackEndKind kind)
    {
        await using var platform = await TestPlatform.StartAsync(kind);
        var disk = await platform.AddDiskAsync();
        var operation = await platform.RequestAsync(disk);
        var job = await platform.HostA.GetJobAsync(operation);
        await ReportAsync(platform, disk, VmStatus.PoweringUp);
        // The operation has heard of it, and a host has the job: there is nothing that could be taken back.
        await TestPlatform.UntilAsync(() => platform.Published.Of<SparsifyDiskConflict>().Any(), "the conflict was published");
        Assert.True((await platform.HostA.RenewAsync(job)).Given);
        Assert.False(await platform.HostA.JournalAsync(job));
        Assert.Equal(["VM_NOT_DOWN"], (await platform.Client.OperationInAsync(operation, Limit, "Rejected")).Codes());
        Assert.Equal((0, 0), await platform.WithDatabaseAsync(async db => (await db.DiskLocks.CountAsync(), await db.Leases.CountAsync())));
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public async Task A_disk_is_not_looked_at_before_its_VM_is_down(BackEndKind kind)
    {
        await using var platform = await TestPlatform.StartAsync(kind);
        var disk = await platform.AddDiskAsync();
        var operation = await platform.RequestAsync(disk);
        var job = await platform.HostA.GetJobAsync(operation);
        await platform.HostA.BeginAsync(job);
        var vm = await ReportAsync(platform, disk, VmStatus.Up);
        await TestPlatform.UntilAsync(() => platform.Published.Of<SparsifyDiskConflict>().Any(), "the conflict was published");
        await platform.HostA.FailedAsync(job, retryable: false, endedByItself: false);
        await platform.Client.OperationInAsync(operation, Limit, "Recovering");
        for (var i = 0; i < 5; i++)
        {
            await platform.HostB.ClaimAsync();
            await Task.Delay(200, TestContext.Current.CancellationToken);
        }

        Assert.Empty(platform.HostB.Received<RepairVolume>());
        await ReportAsync(platform, disk, VmStatus.Down, vm);
        await platform.HostB.RepairedAsync(await platform.HostB.GetRepairAsync(operation, attempt: 2), RepairOutcome.Clean);
        await platform.HostA.GetJobAsync(operation, attempt: 3);
    }

    private static async Task<Guid> ReportAsync(TestPlatform platform, Guid disk, VmStatus status, Guid? known = null)
    {
        var vm = known ?? Guid.NewGuid();
        await platform.Bus.Publish(new VmStatusReported { VmId = vm, Name = "web-1", Status = status, ReportedAt = DateTimeOffset.UtcNow, DiskIds = [disk] });
        return vm;
    }
}
