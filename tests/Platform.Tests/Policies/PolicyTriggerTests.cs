using MassTransit;
using Microsoft.EntityFrameworkCore;
using Sparsify.Contracts;
using Sparsify.Messaging;
using Sparsify.Platform.Tests.Hosting;
using Sparsify.Scanner;
using Sparsify.Scanner.Storage;
using Sparsify.ServiceDefaults;
using Sparsify.Testing.Servers;
using Xunit;

namespace Sparsify.Platform.Tests.Policies;

/// <summary>What starts policies.</summary>
public sealed class PolicyTriggerTests
{
    private static readonly object Thresholds = new { bytes = 100, share = 0 };
    private static readonly string[] Stopped = ["vmStopped"];
    private static readonly string[] Passed = ["thresholdPassed"];

    [Fact]
    public async Task Two_Scanners_run_once_what_is_due()
    {
        await using var platform = await TestPlatform.StartAsync(BackEndKind.Distributed);
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(platform.BackEnd.Settings);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Sparsify:Scanner:PolicySweepInterval"] = "00:00:00.2" });
        builder.AddServiceDefaults("second");
        builder.AddScanner();
        builder.AddSparsifyBus(bus => bus.AddScannerConsumers());
        using var second = builder.Build();
        await second.StartAsync(TestContext.Current.CancellationToken);

        var policies = new List<Guid>();
        for (var i = 0; i < 6; i++)
        {
            await PolicyRunTests.AddAsync(platform, $"disk-{i}", 500);
            policies.Add(await platform.Client.CreateAsync(new { name = $"policy-{i}", trigger = new { cron = "* * * * *" }, thresholds = Thresholds, selector = new { disks = new[] { $"disk-{i}" } } }));
        }

        var due = await MakeDueAsync(platform, "00:00:00");
        foreach (var policy in policies)
            await platform.Client.RunOfAsync(policy, r => r.GetProperty("scheduledAt").GetDateTimeOffset() == due && r.GetProperty("disks")[0].GetProperty("operationId").ValueKind == System.Text.Json.JsonValueKind.String);
        await Task.Delay(TimeSpan.FromSeconds(1));
        Assert.Equal(6, await platform.WithAsync<ScannerDbContext, int>(db => db.PolicyRuns.CountAsync(r => r.ScheduledAt == due)));
        Assert.Equal(6, await platform.WithDatabaseAsync(db => db.Operations.CountAsync()));
        await second.StopAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData(BackEndKind.Embedded)]
    [InlineData(BackEndKind.Distributed)]
    public async Task What_was_missed_longer_ago_than_the_grace_is_noted_and_not_made_up(BackEndKind kind)
    {
        await using var platform = await TestPlatform.StartAsync(kind, ("Sparsify:Scanner:MissedRunGrace", "00:00:01"));
        await PolicyRunTests.AddAsync(platform, "disk", 500);
        var now = DateTimeOffset.UtcNow;
        var policy = await platform.Client.CreateAsync(new { name = "yearly", trigger = new { cron = $"{now.AddMinutes(-5).Minute} {now.AddMinutes(-5).Hour} * * *" }, thresholds = Thresholds });
        var due = await MakeDueAsync(platform, "00:05:00");
        var run = await platform.Client.RunOfAsync(policy, _ => true);
        Assert.Equal(("Missed", due, 0), (run.Text("state"), run.GetProperty("scheduledAt").GetDateTimeOffset(), run.GetProperty("considered").GetInt32()));
        Assert.True(await platform.WithAsync<ScannerDbContext, bool>(db => db.Policies.AnyAsync(p => p.NextRunAt > now)));
        Assert.Empty((await platform.Client.GetAsync("/api/v1/operations")).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task What_was_missed_within_the_grace_is_made_up_once()
    {
        await using var platform = await TestPlatform.StartAsync(BackEndKind.Embedded);
        await PolicyRunTests.AddAsync(platform, "disk", 500);
        var before = DateTimeOffset.UtcNow.AddMinutes(-5);
        var policy = await platform.Client.CreateAsync(new { name = "daily", trigger = new { cron = $"{before.Minute} {before.Hour} * * *" }, thresholds = Thresholds });
        var due = await MakeDueAsync(platform, "00:05:00");
        var run = await platform.Client.RunOfAsync(policy, _ => true);
        Assert.Equal((due, "schedule"), (run.GetProperty("scheduledAt").GetDateTimeOffset(), run.Text("cause")));
        Assert.Contains("made up", run.Text("reason"), StringComparison.Ordinal);
        await Task.Delay(TimeSpan.FromSeconds(1));
        Assert.Single((await platform.Client.GetAsync($"/api/v1/policies/{policy}/runs")).GetProperty("items").EnumerateArray());
    }

    [Theory]
    [InlineData(BackEndKind.Embedded)]
    [InlineData(BackEndKind.Distributed)]
    public async Task A_VM_that_stops_has_its_disk_taken_alone(BackEndKind kind)
    {
        await using var platform = await TestPlatform.StartAsync(kind);
        var vm = new VmStatusReported { VmId = Guid.NewGuid(), Name = "web-1", Status = VmStatus.Up, ReportedAt = DateTimeOffset.UtcNow, Volumes = [new VolumeReference(TestPlatform.Domain, "root.img")] };
        await platform.Bus.Publish(vm);
        var disk = await PolicyRunTests.AddAsync(platform, "root", 500);
        await TestPlatform.UntilAsync(() => platform.ScannedAsync(disk, d => d!.Snapshot.Vms.Count == 1), "the Scanner knows that the VM is up");
        await PolicyRunTests.AddAsync(platform, "other", 900);
        var policy = await platform.Client.CreateAsync(new { name = "on-stop", trigger = new { events = Stopped }, thresholds = Thresholds });
        await UntilInForceAsync(platform, policy);
        await platform.Bus.Publish(vm with { Status = VmStatus.Down, ReportedAt = DateTimeOffset.UtcNow });
        var run = await platform.Client.RunOfAsync(policy, _ => true);
        Assert.Equal(("event", 1, "A VM was stopped."), (run.Text("cause"), run.GetProperty("considered").GetInt32(), run.Text("reason")));
        Assert.Equal(disk, run.GetProperty("disks")[0].GetProperty("diskId").GetGuid());
        var operation = await platform.Client.OperationInAsync(run.GetProperty("disks")[0].GetProperty("operationId").GetGuid(), TimeSpan.FromSeconds(30), "Queued");
        Assert.Equal(policy, operation.GetProperty("policy").GetProperty("policyId").GetGuid());
    }

    [Fact]
    public async Task A_disk_is_taken_when_it_has_grown_by_enough_since_it_was_last_taken()
    {
        await using var platform = await TestPlatform.StartAsync(BackEndKind.Embedded);
        var policy = await platform.Client.CreateAsync(new { name = "on-growth", trigger = new { grewBy = 300 }, thresholds = new { bytes = 1, share = 0 } });
        await UntilInForceAsync(platform, policy);
        await platform.HostA.HeartbeatAsync();
        var disk = await PolicyRunTests.AddAsync(platform, "root", 299);
        await Task.Delay(TimeSpan.FromSeconds(1));
        Assert.Empty((await platform.Client.GetAsync($"/api/v1/policies/{policy}/runs")).GetProperty("items").EnumerateArray());
        await platform.MeasuredAsync(disk, PolicyRunTests.Figures(300));
        var run = await platform.Client.RunOfAsync(policy, _ => true);
        Assert.Equal("Reclaimable space grew.", run.Text("reason"));
        var job = await platform.HostA.GetJobAsync(run.GetProperty("disks")[0].GetProperty("operationId").GetGuid());
        await platform.HostA.BeginAsync(job);
        await platform.HostA.SucceededAsync(job);
        await platform.Client.RunOfAsync(policy, r => r.Text("state") == "Completed");

        // What is left after the run is where it counts from.
        foreach (var bytes in new[] { 100, 399, 400 })
        {
            Assert.Single((await platform.Client.GetAsync($"/api/v1/policies/{policy}/runs")).GetProperty("items").EnumerateArray());
            await platform.MeasuredAsync(disk, PolicyRunTests.Figures(bytes));
            await TestPlatform.UntilAsync(() => platform.ScannedAsync(disk, d => d!.Snapshot.Measurement!.Reclaimable == bytes), "the Scanner knows the figures");
            await Task.Delay(TimeSpan.FromSeconds(0.6));
        }

        await platform.Client.RunOfAsync(policy, r => r.Text("state") == "Running");
    }

    [Fact]
    public async Task A_policy_that_only_alerts_has_its_own_thresholds_and_starts_nothing()
    {
        await using var platform = await TestPlatform.StartAsync(BackEndKind.Embedded, ("Sparsify:Scanner:AlertSweepInterval", "00:00:00.2"));
        var disk = await PolicyRunTests.AddAsync(platform, "root", 500);
        await Task.Delay(TimeSpan.FromSeconds(0.5));
        Assert.Empty(platform.Published.Of<SparsifyNeeded>());
        var policy = await platform.Client.CreateAsync(new { name = "loud", trigger = new { cron = "0 2 1 1 *" }, thresholds = new { bytes = 400 }, mode = "alert" });
        await TestPlatform.UntilAsync(() => platform.Published.Of<SparsifyNeeded>().Any(), "an alert is raised");
        var needed = platform.Published.Of<SparsifyNeeded>().Single();
        Assert.Equal((disk, "loud", 400L, 0.1), (needed.DiskId, needed.PolicyName, needed.Thresholds.Bytes, needed.Thresholds.Share));
        var run = await platform.Client.RunAsync(policy);
        Assert.Equal(("Completed", "alertOnly", 0), (run.Text("state"), run.Verdict("root"), run.GetProperty("chosen").GetInt32()));

        await platform.Client.SendAsync(HttpMethod.Delete, $"/api/v1/policies/{policy}", null, "\"1\"");
        await TestPlatform.UntilAsync(() => platform.Published.Of<SparsifyNeedCleared>().Any(), "without the policy the alert is over");
    }

    [Fact]
    public async Task An_alert_that_is_raised_has_the_disk_taken()
    {
        await using var platform = await TestPlatform.StartAsync(BackEndKind.Embedded);
        var policy = await platform.Client.CreateAsync(new { name = "at-once", trigger = new { events = Passed }, thresholds = Thresholds });
        await UntilInForceAsync(platform, policy);
        await PolicyRunTests.AddAsync(platform, "root", 500);
        var run = await platform.Client.RunOfAsync(policy, _ => true);
        Assert.Equal(("Thresholds were passed.", "chosen"), (run.Text("reason"), run.Verdict("root")));
    }

    private static Task UntilInForceAsync(TestPlatform platform, Guid policy) => TestPlatform.UntilAsync(
        () => platform.WithAsync<Scanner.Policies.Storing.PolicyBook, bool>(book => Task.FromResult(book.InForce.Any(p => p.Id == policy))), "the policy is in force");

    /// <summary>As if no Scanner had run since: all policies are due at a full minute so long ago.</summary>
    private static async Task<DateTimeOffset> MakeDueAsync(TestPlatform platform, string ago)
    {
        var at = DateTimeOffset.UtcNow - TimeSpan.Parse(ago, System.Globalization.CultureInfo.InvariantCulture);
        at = at.AddTicks(-(at.Ticks % TimeSpan.TicksPerMinute));
        await platform.WithAsync<ScannerDbContext, int>(db => db.Policies.ExecuteUpdateAsync(p => p.SetProperty(x => x.NextRunAt, at)));
        return at;
    }
}
