using Microsoft.EntityFrameworkCore;
using Sparsify.Contracts;
using Sparsify.Platform.Tests.Hosting;
using Sparsify.Testing.Servers;
using Xunit;
using PlatformClient = Sparsify.Testing.Platforms.PlatformClient;

namespace Sparsify.Platform.Tests.Operations;

/// <summary>One host at a time, and never one that might still write beside another.</summary>
public sealed class LeaseTests
{
    public static TheoryData<BackEndKind> BackEnds => [BackEndKind.Embedded, BackEndKind.Distributed];

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Theory]
    [MemberData(nameof(BackEnds))]
    public async Task A_host_that_dies_before_it_had_leave_to_start_loses_the_job_to_another(BackEndKind kind)
    {
        await using var platform = await TestPlatform.StartAsync(kind, ("Sparsify:Orchestrator:LeaseDuration", "00:00:02"));
        var operation = await platform.RequestAsync(await platform.AddDiskAsync());
        var lost = await platform.HostA.GetJobAsync(operation);
        var job = await platform.HostB.GetJobAsync(operation, attempt: 2);
        Assert.True((await platform.HostB.RenewAsync(job)).Given);
        Assert.False((await platform.HostA.RenewAsync(lost)).Given);
        await platform.HostB.SucceededAsync(job);
        Assert.Equal("host-b", (await platform.Client.OperationInAsync(operation, Limit, "Completed")).Text("host"));
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public async Task A_late_word_of_a_host_that_lost_its_lease_before_it_started_does_not_touch_the_run_of_another(BackEndKind kind)
    {
        await using var platform = await TestPlatform.StartAsync(kind, ("Sparsify:Orchestrator:LeaseDuration", "00:00:02"));
        var disk = await platform.AddDiskAsync();
        var operation = await platform.RequestAsync(disk);
        var late = await platform.HostA.GetJobAsync(operation);
        var job = await platform.HostB.GetJobAsync(operation, attempt: 2);
        await platform.HostB.BeginAsync(job);
        await platform.HostA.FailedAsync(late, retryable: false);
        await platform.HostA.SkippedAsync(late, 0);
        await TestPlatform.UntilAsync(() => platform.HostA.Received<VolumeJobClosed>().Count(c => c.Attempt == late.Attempt) == 2, "the late words were acknowledged");

        Assert.Equal(operation, await platform.WithDatabaseAsync(db => db.DiskLocks.Where(l => l.DiskId == disk).Select(l => l.OperationId).SingleAsync()));
        Assert.True(await platform.WithDatabaseAsync(db => db.JobAttempts.AnyAsync(a => a.Number == 2 && a.VitalBytes != null)));
        Assert.True((await platform.HostB.RenewAsync(job)).Given);
        await platform.HostB.SucceededAsync(job);
        Assert.Equal("host-b", (await platform.Client.OperationInAsync(operation, Limit, "Completed")).Text("host"));
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public async Task A_lease_is_never_shortened_since_its_host_may_not_hear_of_it(BackEndKind kind)
    {
        await using var platform = await TestPlatform.StartAsync(kind, ("Sparsify:Orchestrator:LeaseDuration", "00:00:30"));
        var job = await platform.HostA.GetJobAsync(await platform.RequestAsync(await platform.AddDiskAsync()));
        // As an Orchestrator gave it that is configured otherwise.
        var longer = TimeSpan.FromMinutes(5);
        await platform.WithDatabaseAsync(db => db.Leases.ExecuteUpdateAsync(l => l.SetProperty(x => x.Duration, longer)));
        Assert.True((await platform.HostA.RenewAsync(job)).Given);
        var lease = await platform.WithDatabaseAsync(db => db.Leases.SingleAsync());
        Assert.Equal((longer, 1), (lease.Duration, lease.Renewals));
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public async Task A_host_that_falls_silent_after_it_had_leave_keeps_everybody_off_the_disk(BackEndKind kind)
    {
        await using var platform = await TestPlatform.StartAsync(kind, ("Sparsify:Orchestrator:LeaseDuration", "00:00:02"));
        var disk = await platform.AddDiskAsync();
        var operation = await platform.RequestAsync(disk);
        var job = await platform.HostA.GetJobAsync(operation);
        await platform.HostA.BeginAsync(job);

        var lost = await platform.Client.OperationInAsync(operation, Limit, "Recovering");
        Assert.Equal("hostLost", lost.GetProperty("error").Text("kind"));
        Assert.False((await platform.HostA.RenewAsync(job)).Given);
        Assert.False(await platform.HostA.JournalAsync(job));
        // Another host may only look; and as long as it does, the disk stays locked.
        var repair = await platform.HostB.GetRepairAsync(operation, attempt: 2);
        Assert.Equal(ScriptedHost.Vital.SwapHeaders.Single().Content, repair.Journaled!.SwapHeaders.Single().Content);
        Assert.False(await platform.HostB.JournalAsync(repair.Job));
        await platform.HostA.SucceededAsync(job);
        await TestPlatform.UntilAsync(() => platform.HostA.Received<VolumeJobClosed>().Any(), "the late result was acknowledged");
        Assert.Empty(platform.HostB.Received<SparsifyVolume>());
        Assert.Equal(operation, await platform.WithDatabaseAsync(db => db.DiskLocks.Where(l => l.DiskId == disk).Select(l => l.OperationId).SingleAsync()));

        await platform.HostB.RepairedAsync(repair, RepairOutcome.Clean);
        var again = await platform.HostB.GetJobAsync(operation, attempt: 3);
        await platform.HostB.BeginAsync(again);
        await platform.HostB.SucceededAsync(again);
        var attempts = (await platform.Client.OperationInAsync(operation, Limit, "Completed")).GetProperty("attempts").EnumerateArray();
        Assert.Equal([("Lost", "Reclaimed"), ("Clean", null), ("Reclaimed", null)], attempts.Select(a => (a.Text("outcome"), a.Text("staleOutcome"))));
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public async Task A_host_that_renews_keeps_its_job_longer_than_one_lease(BackEndKind kind)
    {
        await using var platform = await TestPlatform.StartAsync(kind, ("Sparsify:Orchestrator:LeaseDuration", "00:00:02"));
        var operation = await platform.RequestAsync(await platform.AddDiskAsync());
        var job = await platform.HostA.GetJobAsync(operation);
        for (var i = 0; i < 12; i++)
        {
            Assert.True((await platform.HostA.RenewAsync(job)).Given);
            await Task.Delay(500, TestContext.Current.CancellationToken);
        }

        await platform.HostA.SucceededAsync(job);
        Assert.Equal(1, (await platform.Client.OperationInAsync(operation, Limit, "Completed")).GetProperty("attempt").GetInt32());
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public async Task Claims_that_race_never_give_one_job_to_two_hosts_nor_more_than_the_slots(BackEndKind kind)
    {
        const int jobs = 12;
        await using var platform = await TestPlatform.StartAsync(kind, ("Sparsify:Orchestrator:MaximumJobsPerStorageDomain", "100"));
        for (var i = 0; i < jobs; i++)
            await platform.RequestAsync(await platform.AddDiskAsync());
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => (i % 2 == 0 ? platform.HostA : platform.HostB).ClaimAsync(slots: 4)));
        await TestPlatform.UntilAsync(() => platform.HostA.Received<SparsifyVolume>().Count() + platform.HostB.Received<SparsifyVolume>().Count() >= 8, "all slots are taken");
        await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        var all = platform.HostA.Received<SparsifyVolume>().Concat(platform.HostB.Received<SparsifyVolume>()).ToList();
        Assert.Equal((4, 4), (platform.HostA.Received<SparsifyVolume>().Count(), platform.HostB.Received<SparsifyVolume>().Count()));
        Assert.Equal(8, all.Select(j => j.OperationId).Distinct().Count());
    }

    [Fact]
    public async Task Urgent_jobs_go_first_and_a_storage_domain_gets_no_more_than_its_limit()
    {
        await using var platform = await TestPlatform.StartAsync(BackEndKind.Embedded, ("Sparsify:Orchestrator:MaximumJobsPerStorageDomain", "2"));
        var low = await platform.RequestAsync(await platform.AddDiskAsync(), new { priority = "low" });
        var normal = await platform.RequestAsync(await platform.AddDiskAsync());
        var high = await platform.RequestAsync(await platform.AddDiskAsync(), new { priority = "high" });
        await platform.HostA.ClaimAsync(slots: 5);
        await TestPlatform.UntilAsync(() => platform.HostA.Received<SparsifyVolume>().Count() >= 2, "two jobs were given");
        await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        Assert.Equal([high, normal], platform.HostA.Received<SparsifyVolume>().Select(j => j.OperationId));

        await platform.HostA.SucceededAsync(platform.HostA.Received<SparsifyVolume>().First());
        Assert.Equal(low, (await platform.HostA.GetJobAsync(low, slots: 5)).OperationId);
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public async Task Under_load_the_most_urgent_go_first_and_of_these_the_oldest_whichever_host_claims(BackEndKind kind)
    {
        const int jobs = 30;
        await using var platform = await TestPlatform.StartAsync(kind);
        string[] priorities = ["low", "high", "normal"];
        for (var i = 0; i < jobs; i++)
            await platform.RequestAsync(await platform.AddDiskAsync(), new { priority = priorities[i % priorities.Length] });
        await TestPlatform.UntilAsync(() => platform.WithDatabaseAsync(async db => await db.VolumeJobs.CountAsync() == jobs), "all wait");
        ScriptedHost[] hosts = [platform.HostA, platform.HostB];
        var ended = new HashSet<Guid>();
        await PlatformClient.UntilAsync(
            async () =>
            {
                await Task.WhenAll(hosts.Select(h => h.ClaimAsync(slots: 2)));
                foreach (var host in hosts)
                {
                    foreach (var job in host.Received<SparsifyVolume>().Where(j => ended.Add(j.OperationId)).ToList())
                        await host.SucceededAsync(job);
                }

                return ended.Count == jobs ? true : (bool?)null;
            },
            TimeSpan.FromSeconds(90),
            () => $"all jobs were given; {ended.Count} were");
        var given = await platform.WithDatabaseAsync(db => db.JobAttempts.OrderBy(a => a.GrantedAt).Select(a => a.OperationId).ToListAsync());
        var queue = await platform.WithDatabaseAsync(db => db.VolumeJobs.OrderByDescending(j => j.Priority).ThenBy(j => j.QueuedAt).Select(j => j.OperationId).ToListAsync());
        Assert.Equal(queue, given);
    }
}
