using System.Net;
using Microsoft.EntityFrameworkCore;
using Sparsify.Contracts;
using Sparsify.Platform.Tests.Hosting;
using Sparsify.Testing.Servers;
using Xunit;

namespace Sparsify.Platform.Tests.Operations;

/// <summary>What follows a run that did not end by itself.</summary>
public sealed class RecoveryTests
{
    public static TheoryData<BackEndKind> BackEnds => [BackEndKind.Embedded, BackEndKind.Distributed];

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Theory]
    [MemberData(nameof(BackEnds))]
    public async Task A_disk_that_was_repaired_is_offered_again_and_the_repair_is_told(BackEndKind kind)
    {
        await using var platform = await TestPlatform.StartAsync(kind);
        var (disk, operation, repair) = await CutOffAsync(platform);
        Assert.Equal("vg {}", repair.Journaled!.VolumeGroups.Single().Metadata);
        await platform.HostA.RepairedAsync(repair, RepairOutcome.Repaired, "Wrote the header of the swap area /dev/sda2 back.");
        var again = await platform.HostA.GetJobAsync(operation, attempt: 3);
        // Proven sound: what was journaled before is of no use any more.
        Assert.Equal(0, await platform.WithDatabaseAsync(db => db.JobAttempts.CountAsync(a => a.VitalBytes != null)));
        await platform.HostA.BeginAsync(again);
        await platform.HostA.SucceededAsync(again);

        var done = await platform.Client.OperationInAsync(operation, Limit, "Completed");
        var attempts = done.GetProperty("attempts").EnumerateArray().ToList();
        Assert.Equal([(1, "sparsify", "Failed"), (2, "repair", "Repaired"), (3, "sparsify", "Reclaimed")], attempts.Select(a => (a.GetProperty("number").GetInt32(), a.Text("kind")!, a.Text("outcome")!)));
        Assert.Equal("Wrote the header of the swap area /dev/sda2 back.", attempts[1].GetProperty("repairs")[0].GetString());
        Assert.Equal("transient", attempts[0].GetProperty("error").Text("kind"));
        await TestPlatform.UntilAsync(() => platform.Published.Of<DiskRepaired>().Any() && platform.Published.Of<DiskUnlocked>().Any(), "repair and unlock were published");
        Assert.Equal((disk, "host-a"), (platform.Published.Of<DiskRepaired>().Single().DiskId, platform.Published.Of<DiskRepaired>().Single().Host));
        Assert.Equal((0, 0), await platform.WithDatabaseAsync(async db => (await db.DiskLocks.CountAsync(), await db.Leases.CountAsync())));
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public async Task A_disk_that_no_host_can_prove_sound_stays_locked_until_a_person_decides(BackEndKind kind)
    {
        await using var platform = await TestPlatform.StartAsync(kind);
        var (disk, operation, repair) = await CutOffAsync(platform);
        Assert.Equal(HttpStatusCode.Conflict, (await ResolveAsync(platform, operation, "release")).Status);
        await platform.HostA.RepairedAsync(repair, RepairOutcome.NotProvable, "The logical volume vg/root is gone or was changed.");
        var open = await platform.Client.OperationInAsync(operation, Limit, "NeedsAttention");
        Assert.Contains("vg/root", open.GetProperty("error").Text("message"), StringComparison.Ordinal);
        await TestPlatform.UntilAsync(() => platform.Published.Of<SparsifyDiskNeedsAttention>().Any(), "people were called");
        Assert.Equal(operation, await platform.WithDatabaseAsync(db => db.DiskLocks.Where(l => l.DiskId == disk).Select(l => l.OperationId).SingleAsync()));
        Assert.Equal(HttpStatusCode.Conflict, await platform.Client.CancelAsync(operation));

        // Looked at again, with what was journaled then, and still not provable.
        Assert.Equal(HttpStatusCode.Accepted, (await ResolveAsync(platform, operation, "retry")).Status);
        var second = await platform.HostA.GetRepairAsync(operation, attempt: 3);
        Assert.Equal("vg {}", second.Journaled!.VolumeGroups.Single().Metadata);
        await platform.HostA.RepairedAsync(second, RepairOutcome.NotProvable, "Still.");
        await TestPlatform.UntilAsync(() => platform.Published.Of<SparsifyDiskNeedsAttention>().Count() == 2, "people were called again");

        await platform.Client.OperationInAsync(operation, Limit, "NeedsAttention");
        Assert.Equal(HttpStatusCode.Accepted, (await ResolveAsync(platform, operation, "release")).Status);
        var ended = await platform.Client.OperationInAsync(operation, Limit, "Failed");
        Assert.Contains("Released by alice", ended.GetProperty("error").Text("message"), StringComparison.Ordinal);
        await TestPlatform.UntilAsync(() => platform.Published.Of<DiskUnlocked>().Any(), "the disk was unlocked");
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public async Task A_cancel_meanwhile_ends_the_operation_once_the_disk_is_proven_sound(BackEndKind kind)
    {
        await using var platform = await TestPlatform.StartAsync(kind);
        var (_, operation, repair) = await CutOffAsync(platform);
        Assert.Equal(HttpStatusCode.Accepted, await platform.Client.CancelAsync(operation));
        await TestPlatform.UntilAsync(() => platform.WithDatabaseAsync(db => db.Operations.AnyAsync(o => o.CorrelationId == operation && o.CancelRequested)), "the cancel was noted");
        Assert.Equal((true, false), await platform.HostA.RenewAsync(repair.Job));
        await platform.HostA.RepairedAsync(repair, RepairOutcome.Clean);
        await platform.Client.OperationInAsync(operation, Limit, "Canceled");
        await TestPlatform.UntilAsync(() => platform.Published.Of<DiskUnlocked>().Any(), "the disk was unlocked");
        Assert.Empty(platform.Published.Of<DiskRepaired>());
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public async Task A_host_that_is_lost_while_it_looks_is_followed_by_another_and_at_last_by_a_person(BackEndKind kind)
    {
        await using var platform = await TestPlatform.StartAsync(kind, ("Sparsify:Orchestrator:LeaseDuration", "00:00:02"), ("Sparsify:Orchestrator:MaximumRepairs", "2"));
        var (_, operation, lost) = await CutOffAsync(platform);
        var second = await platform.HostB.GetRepairAsync(operation, attempt: 3);
        Assert.Equal(lost.Journaled!.VolumeGroups.Single().Metadata, second.Journaled!.VolumeGroups.Single().Metadata);
        await platform.HostB.FailedAsync(second.Job, retryable: true);
        var open = await platform.Client.OperationInAsync(operation, Limit, "NeedsAttention");
        Assert.Equal(["Failed", "Lost", "Failed"], open.GetProperty("attempts").EnumerateArray().Select(a => a.Text("outcome")));
        await platform.HostA.RepairedAsync(lost, RepairOutcome.Clean);
        await TestPlatform.UntilAsync(() => platform.HostA.Received<VolumeJobClosed>().Any(c => c.Attempt == lost.Job.Attempt), "the late word was acknowledged");
        Assert.Equal("NeedsAttention", (await platform.Client.OperationAsync(operation)).Text("state"));
    }

    [Theory]
    [InlineData(400, "Reclaimed", 600)]
    [InlineData(1000, "NothingToReclaim", 0)]
    public async Task An_operation_whose_run_was_cut_off_when_its_work_was_done_is_completed_and_not_skipped(long size, string outcome, long reclaimed)
    {
        await using var platform = await TestPlatform.StartAsync(BackEndKind.Embedded);
        var (_, operation, repair) = await CutOffAsync(platform);
        await platform.HostA.RepairedAsync(repair, RepairOutcome.Clean);
        await platform.HostA.SkippedAsync(await platform.HostA.GetJobAsync(operation, attempt: 3), reclaimable: 17, size);
        var done = await platform.Client.OperationInAsync(operation, Limit);
        Assert.Equal(("Completed", outcome), (done.Text("state"), done.Text("outcome")));
        Assert.Equal((1000, size, reclaimed), (done.GetProperty("sizeBefore").GetInt64(), done.GetProperty("sizeAfter").GetInt64(), done.GetProperty("reclaimed").GetInt64()));
        await TestPlatform.UntilAsync(() => platform.Published.Of<SparsifyDiskCompleted>().Any() && platform.Published.Of<DiskUnlocked>().Any(), "the end was told and the disk unlocked");
        Assert.Empty(platform.Published.Of<SparsifyDiskSkipped>());
    }

    [Fact]
    public async Task What_several_runs_of_one_operation_gave_back_is_added_up()
    {
        await using var platform = await TestPlatform.StartAsync(BackEndKind.Embedded);
        var (_, operation, repair) = await CutOffAsync(platform);
        await platform.HostA.RepairedAsync(repair, RepairOutcome.Clean);
        var again = await platform.HostA.GetJobAsync(operation, attempt: 3);
        await platform.HostA.BeginAsync(again, sizeBefore: 500);
        await platform.HostA.SucceededAsync(again, sizeBefore: 500, sizeAfter: 500, RunOutcome.NothingToReclaim);
        var done = await platform.Client.OperationInAsync(operation, Limit);
        Assert.Equal(("Completed", "Reclaimed", 500), (done.Text("state"), done.Text("outcome"), done.GetProperty("reclaimed").GetInt64()));
    }

    [Fact]
    public async Task Runs_are_counted_without_the_repairs_between_them()
    {
        await using var platform = await TestPlatform.StartAsync(BackEndKind.Embedded, ("Sparsify:Orchestrator:MaximumAttempts", "2"));
        var (_, operation, repair) = await CutOffAsync(platform);
        await platform.HostA.RepairedAsync(repair, RepairOutcome.Clean);
        var second = await platform.HostA.GetJobAsync(operation, attempt: 3);
        await platform.HostA.BeginAsync(second);
        await platform.HostA.FailedAsync(second, retryable: true, endedByItself: false);
        await platform.HostA.RepairedAsync(await platform.HostA.GetRepairAsync(operation, attempt: 4), RepairOutcome.Clean);
        Assert.Equal("transient", (await platform.Client.OperationInAsync(operation, Limit, "Failed")).GetProperty("error").Text("kind"));
    }

    [Fact]
    public async Task Looks_at_a_disk_are_counted_anew_after_each_run_that_was_cut_off()
    {
        await using var platform = await TestPlatform.StartAsync(BackEndKind.Embedded, ("Sparsify:Orchestrator:MaximumRepairs", "2"));
        var (_, operation, repair) = await CutOffAsync(platform);
        await platform.HostA.RepairedAsync(repair, RepairOutcome.Clean);
        var second = await platform.HostA.GetJobAsync(operation, attempt: 3);
        await platform.HostA.BeginAsync(second);
        await platform.HostA.FailedAsync(second, retryable: true, endedByItself: false);
        var look = await platform.HostA.GetRepairAsync(operation, attempt: 4);
        Assert.Equal(1, await platform.WithDatabaseAsync(db => db.Operations.Select(o => o.Repairs).SingleAsync()));
        await platform.HostA.FailedAsync(look.Job, retryable: true);
        // One look more before people are called.
        await platform.HostA.RepairedAsync(await platform.HostA.GetRepairAsync(operation, attempt: 5), RepairOutcome.Clean);
        await platform.HostA.GetJobAsync(operation, attempt: 6);
        Assert.Empty(platform.Published.Of<SparsifyDiskNeedsAttention>());
    }

    [Fact]
    public async Task A_disk_that_is_proven_sound_after_all_leaves_only_the_failure_of_the_run()
    {
        await using var platform = await TestPlatform.StartAsync(BackEndKind.Embedded, ("Sparsify:Orchestrator:MaximumAttempts", "1"));
        var (_, operation, repair) = await CutOffAsync(platform);
        await platform.HostA.RepairedAsync(repair, RepairOutcome.NotProvable, "The logical volume vg/root is gone or was changed.");
        await platform.Client.OperationInAsync(operation, Limit, "NeedsAttention");
        await ResolveAsync(platform, operation, "retry");
        await platform.HostA.RepairedAsync(await platform.HostA.GetRepairAsync(operation, attempt: 3), RepairOutcome.Clean);
        Assert.Equal("The appliance crashed.", (await platform.Client.OperationInAsync(operation, Limit, "Failed")).GetProperty("error").Text("message"));
    }

    [Fact]
    public async Task Another_attempt_is_kept_from_the_host_that_failed_as_long_as_another_lives()
    {
        await using var platform = await TestPlatform.StartAsync(BackEndKind.Embedded);
        await platform.HostA.HeartbeatAsync();
        await platform.HostB.HeartbeatAsync();
        var operation = await platform.RequestAsync(await platform.AddDiskAsync());
        var first = await platform.HostA.GetJobAsync(operation);
        await platform.HostA.BeginAsync(first);
        await platform.HostA.FailedAsync(first, retryable: true);
        await platform.Client.OperationInAsync(operation, Limit, "Queued");
        for (var i = 0; i < 10; i++)
        {
            await platform.HostA.ClaimAsync();
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        Assert.Single(platform.HostA.Received<SparsifyVolume>());
        Assert.Equal(2, (await platform.HostB.GetJobAsync(operation, attempt: 2)).Attempt);
    }

    private static async Task<(Guid Disk, Guid Operation, RepairVolume Repair)> CutOffAsync(TestPlatform platform)
    {
        var disk = await platform.AddDiskAsync();
        var operation = await platform.RequestAsync(disk);
        var job = await platform.HostA.GetJobAsync(operation);
        await platform.HostA.BeginAsync(job);
        await platform.HostA.FailedAsync(job, retryable: false, endedByItself: false);
        await platform.Client.OperationInAsync(operation, Limit, "Recovering");
        return (disk, operation, await platform.HostA.GetRepairAsync(operation, attempt: 2));
    }

    private static Task<(HttpStatusCode Status, System.Text.Json.JsonElement Body)> ResolveAsync(TestPlatform platform, Guid operation, string resolution) =>
        platform.Client.PostAsync($"/api/v1/operations/{operation}/resolve", new { resolution, requestedBy = "alice" });
}
