using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Sparsify.Contracts;
using Sparsify.Platform.Tests.Hosting;
using Sparsify.Scanner.Storage;
using Sparsify.Testing.Servers;
using Xunit;

namespace Sparsify.Platform.Tests.Policies;

/// <summary>What runs of policies do.</summary>
public sealed class PolicyRunTests
{
    private static readonly string[] Gold = ["g*"];
    private static readonly string[] Chosen = ["first", "second", "third"];
    private static readonly string[] All = [.. Chosen, "fourth", "small", "up", "db", "new"];

    [Theory]
    [InlineData(BackEndKind.Embedded)]
    [InlineData(BackEndKind.Distributed)]
    public async Task A_run_takes_those_with_most_to_give_back_no_more_at_once_than_allowed_and_its_report_adds_up(BackEndKind kind)
    {
        await using var platform = await TestPlatform.StartAsync(kind);
        await platform.HostA.HeartbeatAsync(slots: 4);
        await platform.Bus.Publish(new VmStatusReported { VmId = Guid.NewGuid(), Name = "web-1", Status = VmStatus.Up, ReportedAt = DateTimeOffset.UtcNow, Volumes = [new VolumeReference(TestPlatform.Domain, "up.img")] });
        await platform.Bus.Publish(new VmStatusReported { VmId = Guid.NewGuid(), Name = "db-1", Status = VmStatus.Down, ReportedAt = DateTimeOffset.UtcNow, Volumes = [new VolumeReference(TestPlatform.Domain, "db.img")], Tags = ["gold"] });
        foreach (var (name, bytes) in new (string, long?)[] { ("second", 700), ("first", 900), ("third", 500), ("fourth", 300), ("small", 50), ("up", 950), ("db", 960), ("new", null) })
            await AddAsync(platform, name, bytes);
        var nightly = await platform.Client.CreateAsync(new { name = "nightly", trigger = new { cron = "0 2 1 1 *" }, thresholds = new { bytes = 100, share = 0.05 }, limits = new { concurrent = 2, perRun = 3 }, priority = "low" });
        await platform.Client.CreateAsync(new { name = "databases", trigger = new { cron = "0 2 1 1 *" }, selector = new { tags = Gold } });

        var (_, preview) = await platform.Client.PostAsync($"/api/v1/policies/{nightly}/preview", new { });
        Assert.Equal((8, 3, 2100, true), (preview.GetProperty("considered").GetInt32(), preview.GetProperty("chosen").GetInt32(), preview.GetProperty("reclaimable").GetInt64(), preview.GetProperty("windowOpen").GetBoolean()));
        Assert.Equal(["first", "second", "third"], preview.GetProperty("disks").EnumerateArray().Take(3).Select(d => d.Text("name")));
        Assert.Empty((await platform.Client.GetAsync("/api/v1/operations")).GetProperty("items").EnumerateArray());

        var run = await platform.Client.RunAsync(nightly);
        Assert.Equal(("Running", "manual", "alice"), (run.Text("state"), run.Text("cause"), run.Text("requestedBy")));
        Assert.Equal(
            ["chosen", "chosen", "chosen", "overLimit", "belowThreshold", "ineligible", "takenByAnother", "notMeasured"],
            All.Select(name => run.Verdict(name)));
        Assert.Equal("databases", run.Disk("db").Text("takenBy"));
        Assert.Equal("VM_NOT_DOWN", run.Disk("up").GetProperty("violations")[0].Text("code"));
        Assert.Equal(HttpStatusCode.Conflict, (await platform.Client.PostAsync($"/api/v1/policies/{nightly}/run", new { })).Status);

        var (first, second) = (Operation(run, "first"), Operation(run, "second"));
        Assert.Equal(JsonValueKind.Null, run.Disk("third").GetProperty("operationId").ValueKind);
        var jobs = new[] { await platform.HostA.GetJobAsync(first, slots: 4), await platform.HostA.GetJobAsync(second, slots: 4) };
        await Task.Delay(TimeSpan.FromSeconds(1));
        Assert.Equal(2, (await platform.Client.GetAsync("/api/v1/operations")).GetProperty("items").GetArrayLength());
        await platform.HostA.BeginAsync(jobs[0]);
        await platform.HostA.SucceededAsync(jobs[0], sizeAfter: 100);
        var third = Operation(await platform.Client.RunOfAsync(nightly, r => r.Disk("third").GetProperty("operationId").ValueKind != JsonValueKind.Null), "third");
        await platform.HostA.BeginAsync(jobs[1]);
        await platform.HostA.FailedAsync(jobs[1], retryable: false);
        await platform.HostA.SkippedAsync(await platform.HostA.GetJobAsync(third, slots: 4), reclaimable: 1);

        var report = await platform.Client.RunOfAsync(nightly, r => r.Text("state") == "Completed");
        Assert.Equal((8, 3, 900), (report.GetProperty("considered").GetInt32(), report.GetProperty("chosen").GetInt32(), report.GetProperty("reclaimed").GetInt64()));
        Assert.Equal(["Completed", "Failed", "Skipped"], Chosen.Select(n => report.Disk(n).Text("outcome")));
        Assert.Equal(("The appliance crashed.", 900), (report.Disk("second").Text("problem"), report.Disk("first").GetProperty("reclaimed").GetInt64()));
        Assert.Equal(report.GetProperty("id").GetGuid(), (await platform.Client.GetAsync($"/api/v1/policies/{nightly}/runs/{report.GetProperty("id").GetGuid()}")).GetProperty("id").GetGuid());

        // Whoever sees the blocks change can tell why.
        var reference = new PolicyReference(nightly, "nightly", report.GetProperty("id").GetGuid());
        Assert.All(platform.Published.Of<SparsifyDiskAccepted>(), a => Assert.Equal(reference, a.Policy));
        Assert.Equal(reference, Assert.Single(platform.Published.Of<SparsifyDiskCompleted>()).Policy);
        Assert.Equal(reference, Assert.Single(platform.Published.Of<SparsifyDiskFailed>()).Policy);
        var operation = await platform.Client.OperationAsync(first);
        Assert.Equal(("policy", "low", "policy nightly", "nightly"), (operation.Text("trigger"), operation.Text("priority"), operation.Text("requestedBy"), operation.GetProperty("policy").Text("name")));
    }

    [Theory]
    [InlineData(BackEndKind.Embedded)]
    [InlineData(BackEndKind.Distributed)]
    public async Task A_newer_run_replaces_an_older_one_where_the_policy_says_so(BackEndKind kind)
    {
        await using var platform = await TestPlatform.StartAsync(kind);
        await platform.HostA.HeartbeatAsync();
        foreach (var name in Chosen)
            await AddAsync(platform, name, 500);
        var policy = await platform.Client.CreateAsync(new { name = "eager", trigger = new { grewBy = 10_000 }, thresholds = new { bytes = 100, share = 0 }, limits = new { concurrent = 2 }, overlap = "replace" });
        var older = await platform.Client.RunAsync(policy);
        // A host with one slot takes one of the two.
        await TestPlatform.UntilAsync(
            async () =>
            {
                await platform.HostA.ClaimAsync();
                await Task.Delay(100);
                return platform.HostA.Received<SparsifyVolume>().Any();
            },
            "a host has a job");
        var job = platform.HostA.Received<SparsifyVolume>().First();
        await platform.HostA.BeginAsync(job);
        await TestPlatform.UntilAsync(() => platform.WithAsync<ScannerDbContext, bool>(db => db.RunDisks.AnyAsync(d => d.OperationId == job.OperationId && d.Running)), "the Scanner knows that it runs");

        await platform.Client.RunAsync(policy);
        var ended = await platform.Client.RunOfAsync(policy, r => r.Id() == older.Id() && r.Text("state") == "Stopped");
        Assert.Contains("replaced", ended.Text("reason"), StringComparison.Ordinal);
        var canceled = older.GetProperty("disks").EnumerateArray().Single(d => !d.IsNull("operationId") && d.Id("operationId") != job.OperationId);
        await platform.Client.OperationInAsync(canceled.Id("operationId"), TimeSpan.FromSeconds(30), "Canceled");
        await platform.Client.RunOfAsync(policy, r => r.Id() == older.Id() && r.Disk(canceled.Text("name")!).Text("outcome") == "Canceled");
        // What ran goes on, and its end is still told of.
        await platform.HostA.SucceededAsync(job);
        await platform.Client.RunOfAsync(policy, r => r.Id() == older.Id() && r.GetProperty("reclaimed").GetInt64() == 600);
    }

    [Fact]
    public async Task Nothing_starts_outside_the_window_and_nothing_of_a_policy_that_is_gone()
    {
        await using var platform = await TestPlatform.StartAsync(BackEndKind.Embedded);
        foreach (var name in new[] { "one", "two" })
            await AddAsync(platform, name, 500);
        var hour = DateTimeOffset.UtcNow.AddHours(2);
        var closed = await platform.Client.CreateAsync(new { name = "closed", trigger = new { grewBy = 10_000 }, thresholds = new { bytes = 100, share = 0 }, window = new { from = $"{hour:HH}:00", to = $"{hour.AddHours(1):HH}:00" } });
        var run = await platform.Client.RunAsync(closed);
        Assert.Equal(("Stopped", "outsideWindow", 0), (run.Text("state"), run.Verdict("one"), (await platform.Client.GetAsync("/api/v1/operations")).GetProperty("items").GetArrayLength()));
        Assert.Contains("window", run.Text("reason"), StringComparison.Ordinal);
        await platform.Client.SendAsync(HttpMethod.Delete, $"/api/v1/policies/{closed}", null, "\"1\"");

        var open = await platform.Client.CreateAsync(new { name = "open", trigger = new { grewBy = 10_000 }, thresholds = new { bytes = 100, share = 0 }, limits = new { concurrent = 1 } });
        var begun = await platform.Client.RunAsync(open);
        await platform.Client.SendAsync(HttpMethod.Delete, $"/api/v1/policies/{open}", null, "\"1\"");
        var live = begun.GetProperty("disks").EnumerateArray().Single(d => d.GetProperty("operationId").ValueKind != JsonValueKind.Null);
        await platform.Client.OperationInAsync(live.GetProperty("operationId").GetGuid(), TimeSpan.FromSeconds(30), "Queued");
        await platform.Client.CancelAsync(live.GetProperty("operationId").GetGuid());
        var stopped = await platform.Client.RunOfAsync(open, r => r.Text("state") == "Stopped");
        Assert.Equal(["chosen", "runEnded"], stopped.GetProperty("disks").EnumerateArray().Select(d => d.Text("verdict")).Order());
        Assert.Equal(HttpStatusCode.NotFound, (await platform.Client.PostAsync($"/api/v1/policies/{open}/run", new { })).Status);
    }

    [Fact]
    public async Task A_policy_that_is_not_enabled_is_previewed_and_does_not_run()
    {
        await using var platform = await TestPlatform.StartAsync(BackEndKind.Embedded);
        await AddAsync(platform, "one", 500);
        var policy = await platform.Client.CreateAsync(new { name = "off", enabled = false, trigger = new { cron = "* * * * *" }, thresholds = new { bytes = 100, share = 0 } });
        var (status, refused) = await platform.Client.PostAsync($"/api/v1/policies/{policy}/run", new { });
        Assert.Equal((HttpStatusCode.Conflict, "POLICY_DISABLED"), (status, refused.Text("code")));
        var (_, preview) = await platform.Client.PostAsync($"/api/v1/policies/{policy}/preview", new { });
        Assert.Equal((1, JsonValueKind.Null), (preview.GetProperty("chosen").GetInt32(), preview.GetProperty("nextRunAt").ValueKind));
    }

    /// <summary>A disk that the Scanner knows too.</summary>
    internal static async Task<Guid> AddAsync(TestPlatform platform, string name, long? reclaimable)
    {
        var disk = await platform.AddDiskAsync(name, d => d with { Measurement = reclaimable is { } bytes ? Figures(bytes) : null });
        await TestPlatform.UntilAsync(() => platform.ScannedAsync(disk, d => d is not null), "the Scanner knows the disk");
        return disk;
    }

    internal static VolumeMeasurement Figures(long reclaimable) => new() { Reclaimable = reclaimable, HeldBySnapshots = 0, Exact = true, MeasuredAt = DateTimeOffset.UtcNow };

    private static Guid Operation(JsonElement run, string name) => run.Disk(name).GetProperty("operationId").GetGuid();
}
