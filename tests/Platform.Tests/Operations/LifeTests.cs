using MassTransit;
using Microsoft.EntityFrameworkCore;
using Sparsify.Contracts;
using Sparsify.Platform.Tests.Hosting;
using Sparsify.Testing.Servers;
using Xunit;

namespace Sparsify.Platform.Tests.Operations;

/// <summary>The ways an operation can go, on both back ends.</summary>
public sealed class LifeTests
{
    public static TheoryData<BackEndKind> BackEnds => [BackEndKind.Embedded, BackEndKind.Distributed];

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Theory]
    [MemberData(nameof(BackEnds))]
    public async Task A_request_is_accepted_run_completed_and_the_disk_unlocked(BackEndKind kind)
    {
        await using var platform = await TestPlatform.StartAsync(kind);
        var disk = await platform.AddDiskAsync();
        var operation = await platform.RequestAsync(disk, new { requestedBy = "alice" });
        Assert.Equal("Queued", (await platform.Client.OperationAsync(operation)).Text("state"));
        Assert.Equal(operation, (await platform.Client.GetAsync($"/api/v1/disks/{disk}")).Id("operationId"));

        var job = await platform.HostA.GetJobAsync(operation);
        Assert.Equal((disk, 1, 1L, VolumeFormat.Raw), (job.DiskId, job.Attempt, job.Generation, job.Format));
        Assert.True((await platform.HostA.RenewAsync(job)).Given);
        await platform.HostA.StartedAsync(job);
        await platform.Client.OperationInAsync(operation, Limit, "Running");
        await platform.HostA.ProgressAsync(job, 1, 0.5, "Trimming /dev/sda1");
        await TestPlatform.UntilAsync(async () => (await platform.Client.OperationAsync(operation)).GetProperty("progress").GetDouble() == 0.5, "the progress is seen");
        await platform.HostA.SucceededAsync(job);

        var done = await platform.Client.OperationInAsync(operation, Limit);
        Assert.Equal(("Completed", "Reclaimed", "host-a", "alice"), (done.Text("state"), done.Text("outcome"), done.Text("host"), done.Text("requestedBy")));
        Assert.Equal((1000, 400, 600, 1.0), (done.GetProperty("sizeBefore").GetInt64(), done.GetProperty("sizeAfter").GetInt64(), done.GetProperty("reclaimed").GetInt64(), done.GetProperty("progress").GetDouble()));
        await TestPlatform.UntilAsync(() => platform.Published.Of<DiskUnlocked>().Any(), "the unlock was published");
        Assert.Equal(disk, Assert.Single(platform.Published.Of<SparsifyDiskAccepted>()).DiskId);
        Assert.Equal(600, Assert.Single(platform.Published.Of<SparsifyDiskCompleted>()).Reclaimed);
        await TestPlatform.UntilAsync(() => platform.HostA.Received<VolumeJobClosed>().Any(), "the host may forget the attempt");
        await TestPlatform.UntilAsync(async () => (await platform.Client.GetAsync($"/api/v1/disks/{disk}")).IsNull("operationId"), "the disk is seen as free");
        Assert.Equal((0, 0), await platform.WithDatabaseAsync(async db => (await db.DiskLocks.CountAsync(), await db.Leases.CountAsync())));

        // The next operation on the disk is of another generation: nothing of this one fits it.
        var second = await platform.HostA.GetJobAsync(await platform.RequestAsync(disk));
        Assert.Equal(2, second.Generation);
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public async Task A_disk_with_too_little_to_gain_is_skipped_with_the_figure_and_unlocked(BackEndKind kind)
    {
        await using var platform = await TestPlatform.StartAsync(kind);
        var disk = await platform.AddDiskAsync();
        var operation = await platform.RequestAsync(disk, new { minReclaimable = 5000 });
        var job = await platform.HostA.GetJobAsync(operation);
        Assert.Equal((5000, false), (job.MinReclaimable, job.Force));
        await platform.HostA.RenewAsync(job);
        await platform.HostA.SkippedAsync(job, 300);
        // A repetition, and a word of another attempt, change nothing.
        await platform.HostA.SkippedAsync(job, 300);
        await platform.HostA.FailedAsync(job, retryable: true);

        var skipped = await platform.Client.OperationInAsync(operation, Limit);
        Assert.Equal(("Skipped", 300), (skipped.Text("state"), skipped.GetProperty("predicted").GetInt64()));
        await TestPlatform.UntilAsync(() => platform.Published.Of<DiskUnlocked>().Any() && platform.Published.Of<SparsifyDiskSkipped>().Any(), "the end was published");
        var told = Assert.Single(platform.Published.Of<SparsifyDiskSkipped>());
        Assert.Equal((disk, 300, 5000), (told.DiskId, told.Reclaimable, told.MinReclaimable));
        Assert.Equal((0, 0), await platform.WithDatabaseAsync(async db => (await db.DiskLocks.CountAsync(), await db.Leases.CountAsync())));
        Assert.True((await platform.HostA.GetJobAsync(await platform.RequestAsync(disk, new { force = true }))).Force);
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public async Task A_failure_that_may_pass_gets_more_attempts_and_then_fails(BackEndKind kind)
    {
        await using var platform = await TestPlatform.StartAsync(kind, ("Sparsify:Orchestrator:MaximumAttempts", "2"));
        var disk = await platform.AddDiskAsync();
        var operation = await platform.RequestAsync(disk);
        for (var attempt = 1; attempt <= 2; attempt++)
        {
            var job = await platform.HostA.GetJobAsync(operation, attempt);
            await platform.HostA.RenewAsync(job);
            await platform.HostA.StartedAsync(job);
            await platform.HostA.FailedAsync(job, retryable: true);
        }

        var failed = await platform.Client.OperationInAsync(operation, Limit);
        Assert.Equal(("Failed", 2, "transient", "its output"), (failed.Text("state"), failed.GetProperty("attempt").GetInt32(), failed.GetProperty("error").Text("kind"), failed.GetProperty("error").Text("output")));
        await TestPlatform.UntilAsync(() => platform.Published.Of<DiskUnlocked>().Any() && platform.Published.Of<SparsifyDiskFailed>().Any(), "failure and unlock were published");
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public async Task What_hosts_hand_back_in_order_uses_up_no_attempt(BackEndKind kind)
    {
        await using var platform = await TestPlatform.StartAsync(kind, ("Sparsify:Orchestrator:MaximumAttempts", "1"));
        var operation = await platform.RequestAsync(await platform.AddDiskAsync());
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            var handed = await platform.HostA.GetJobAsync(operation, attempt);
            await platform.HostA.BeginAsync(handed);
            await platform.HostA.FailedAsync(handed, retryable: true, handedBack: true);
        }

        var job = await platform.HostA.GetJobAsync(operation, attempt: 4);
        Assert.Empty(await platform.WithDatabaseAsync(async db => (await db.VolumeJobs.SingleAsync()).FailedHosts));
        await platform.HostA.BeginAsync(job);
        await platform.HostA.SucceededAsync(job);
        Assert.Equal(4, (await platform.Client.OperationInAsync(operation, Limit, "Completed")).GetProperty("attempts").GetArrayLength());
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public async Task The_host_that_failed_is_remembered_and_not_the_one_that_looked_after_it(BackEndKind kind)
    {
        await using var platform = await TestPlatform.StartAsync(kind);
        var operation = await platform.RequestAsync(await platform.AddDiskAsync());
        var job = await platform.HostA.GetJobAsync(operation);
        await platform.HostA.BeginAsync(job);
        await platform.HostA.FailedAsync(job, retryable: false, endedByItself: false);
        await platform.HostB.RepairedAsync(await platform.HostB.GetRepairAsync(operation, attempt: 2), RepairOutcome.Clean);
        await platform.Client.OperationInAsync(operation, Limit, "Queued");
        Assert.Equal(["host-a"], await platform.WithDatabaseAsync(async db => (await db.VolumeJobs.SingleAsync()).FailedHosts));
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public async Task What_came_back_is_reckoned_from_what_the_run_found(BackEndKind kind)
    {
        await using var platform = await TestPlatform.StartAsync(kind);
        // As it was when somebody looked last.
        var operation = await platform.RequestAsync(await platform.AddDiskAsync(change: d => d with { ActualSize = 9000 }));
        var job = await platform.HostA.GetJobAsync(operation);
        await platform.HostA.BeginAsync(job, sizeBefore: 5000);
        await platform.HostA.SucceededAsync(job, sizeBefore: 5000, sizeAfter: 5000, outcome: RunOutcome.NothingToReclaim);
        var done = await platform.Client.OperationInAsync(operation, Limit, "Completed");
        Assert.Equal(("NothingToReclaim", 5000, 0), (done.Text("outcome"), done.GetProperty("sizeBefore").GetInt64(), done.GetProperty("reclaimed").GetInt64()));
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public async Task A_cancel_that_overtakes_its_request_counts(BackEndKind kind)
    {
        await using var platform = await TestPlatform.StartAsync(kind);
        var (disk, operation) = (await platform.AddDiskAsync(), Guid.NewGuid());
        await platform.Bus.Publish(new CancelSparsifyRequested { OperationId = operation });
        await TestPlatform.UntilAsync(() => platform.WithDatabaseAsync(db => db.EarlyCancels.AnyAsync(c => c.OperationId == operation)), "the cancel is kept");
        await platform.Bus.Publish(new SparsifyDiskRequested { RequestId = operation, DiskId = disk });
        await platform.Client.OperationInAsync(operation, Limit, "Canceled");
        await TestPlatform.UntilAsync(() => platform.Published.Of<SparsifyDiskCanceled>().Any(c => c.OperationId == operation), "the end was published");
        Assert.Equal((0, 0, 0), await platform.WithDatabaseAsync(async db => (await db.DiskLocks.CountAsync(), await db.VolumeJobs.CountAsync(), await db.EarlyCancels.CountAsync())));
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public async Task A_failure_for_good_fails_at_once(BackEndKind kind)
    {
        await using var platform = await TestPlatform.StartAsync(kind);
        var operation = await platform.RequestAsync(await platform.AddDiskAsync());
        await platform.HostA.FailedAsync(await platform.HostA.GetJobAsync(operation), retryable: false);
        Assert.Equal(1, (await platform.Client.OperationInAsync(operation, Limit, "Failed")).GetProperty("attempt").GetInt32());
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public async Task Results_that_are_late_or_of_another_lock_change_nothing_and_are_acknowledged(BackEndKind kind)
    {
        await using var platform = await TestPlatform.StartAsync(kind);
        var operation = await platform.RequestAsync(await platform.AddDiskAsync());
        var job = await platform.HostA.GetJobAsync(operation);
        await platform.HostA.RenewAsync(job);
        await platform.HostA.StartedAsync(job);
        await platform.HostA.SucceededAsync(job with { Generation = job.Generation - 1 });
        await TestPlatform.UntilAsync(() => platform.HostA.Received<VolumeJobClosed>().Any(), "the stale result was acknowledged");
        Assert.Equal("Running", (await platform.Client.OperationInAsync(operation, Limit, "Running")).Text("state"));

        await platform.HostA.SucceededAsync(job);
        await platform.Client.OperationInAsync(operation, Limit, "Completed");
        await platform.HostA.FailedAsync(job, retryable: true);
        await TestPlatform.UntilAsync(() => platform.HostA.Received<VolumeJobClosed>().Count() >= 3, "the late result was acknowledged");
        Assert.Equal("Completed", (await platform.Client.OperationAsync(operation)).Text("state"));
        Assert.Single(platform.Published.Of<SparsifyDiskCompleted>());
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public async Task A_cancel_takes_a_waiting_job_back_at_once_and_a_running_one_through_its_host(BackEndKind kind)
    {
        await using var platform = await TestPlatform.StartAsync(kind);
        var waiting = await platform.RequestAsync(await platform.AddDiskAsync());
        await platform.Client.CancelAsync(waiting);
        await platform.Client.OperationInAsync(waiting, Limit, "Canceled");

        var running = await platform.RequestAsync(await platform.AddDiskAsync());
        var job = await platform.HostA.GetJobAsync(running);
        await platform.HostA.RenewAsync(job);
        await platform.HostA.StartedAsync(job);
        await platform.Client.OperationInAsync(running, Limit, "Running");
        await platform.Client.CancelAsync(running);
        await platform.Client.OperationInAsync(running, Limit, "Canceling");
        await TestPlatform.UntilAsync(() => platform.HostA.Received<CancelVolumeJob>().Any(c => c.OperationId == running), "the host was told");
        // The order may be lost on the way: the lease says it too.
        Assert.Equal((true, true), await platform.HostA.RenewAsync(job));
        await platform.HostA.CanceledAsync(job);
        await platform.Client.OperationInAsync(running, Limit, "Canceled");
        await TestPlatform.UntilAsync(() => platform.Published.Of<DiskUnlocked>().Count() == 2, "both disks were unlocked");
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public async Task A_job_that_no_host_reaches_says_so_and_fails_after_its_time(BackEndKind kind)
    {
        await using var platform = await TestPlatform.StartAsync(kind, ("Sparsify:Orchestrator:NoHostTimeout", "00:00:04"));
        var operation = await platform.RequestAsync(await platform.AddDiskAsync());
        await TestPlatform.UntilAsync(async () => (await platform.Client.OperationAsync(operation)).Codes().Contains("NO_HOST"), "the want of a host is shown");
        var failed = await platform.Client.OperationInAsync(operation, Limit);
        Assert.Equal(("Failed", "noHost"), (failed.Text("state"), failed.GetProperty("error").Text("kind")));
    }
}
