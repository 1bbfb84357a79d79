using Sparsify.Contracts;
using Xunit;

namespace Sparsify.Scanner.Tests.Policies;

/// <summary>Nights of a policy, with a clock that the test moves.</summary>
public sealed class SimulationTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(5);
    private static readonly TimeZoneInfo Prague = TimeZoneInfo.FindSystemTimeZoneById("Europe/Prague");

    [Theory]
    // Nights in which nothing happens, the clocks go forward, and back.
    [InlineData("2026-01-04T23:00:00Z", 2)]
    [InlineData("2026-03-27T23:00:00Z", 2)]
    [InlineData("2026-10-23T22:00:00Z", 2)]
    public async Task Every_night_it_runs_once_inside_its_window_and_never_more_at_once_than_allowed(string start, int days)
    {
        await using var scanner = await SimulatedScanner.StartAsync(Samples.At(start));
        for (var i = 0; i < 12; i++)
            await scanner.AddAsync(Samples.Disk($"disk-{i:00}", 500 + i));
        Assert.IsType<PolicyChanged>(await scanner.StoreAsync(Samples.Nightly with
        {
            Trigger = new PolicyTrigger { Cron = "30 2 * * *", TimeZone = "Europe/Prague" },
            Limits = new PolicyLimits { Concurrent = 2, PerRun = 10, StaggerMinutes = 30 },
            Window = new PolicyWindow { From = "01:00", To = "04:00", TimeZone = "Europe/Prague" },
        }));
        await scanner.PassAsync(TimeSpan.FromDays(days), Step, operation: TimeSpan.FromMinutes(25));

        Assert.Equal(days, scanner.Reports.Count);
        Assert.Equal(2, scanner.MostLive);
        Assert.Equal(days, scanner.Reports.Select(r => TimeZoneInfo.ConvertTime(r.ScheduledAt, Prague).Date).Distinct().Count());
        Assert.Equal(start.StartsWith("2026-10", StringComparison.Ordinal) ? 1 : days, scanner.Reports.Count(r => r.State == PolicyRunState.Stopped));
        Assert.All(scanner.Started, s => Assert.InRange(TimeZoneInfo.ConvertTime(s.At, Prague).Hour, 1, 3));
        foreach (var report in scanner.Reports)
        {
            Assert.Equal((12, 10), (report.Considered, report.Chosen));
            // The night in which an hour comes twice is long enough for all of them.
            Assert.Equal(report.Disks.Any(d => d.Verdict == PolicyVerdict.OutsideWindow) ? PolicyRunState.Stopped : PolicyRunState.Completed, report.State);
            Assert.Equal(report.Disks.Count(d => d.Outcome == OperationState.Completed) * 600, report.Reclaimed);
            Assert.Equal(10, report.Disks.Count(d => d.Verdict is PolicyVerdict.Chosen or PolicyVerdict.OutsideWindow));
            Assert.All(report.Disks.Where(d => d.Verdict == PolicyVerdict.Chosen), d => Assert.Equal(OperationState.Completed, d.Outcome));
            Assert.Equal(2, report.Disks.Count(d => d.Verdict == PolicyVerdict.OverLimit));
            Assert.True(report.EndedAt > report.StartedAt);
        }
    }

    [Fact]
    public async Task Without_a_window_those_with_most_to_give_back_come_first_and_all_have_their_turn()
    {
        await using var scanner = await SimulatedScanner.StartAsync(Samples.At("2026-01-05T00:00:00Z"));
        foreach (var bytes in new[] { 500, 900, 100, 700, 300 })
            await scanner.AddAsync(Samples.Disk($"disk-{bytes}", bytes));
        await scanner.StoreAsync(Samples.Nightly with { Limits = new PolicyLimits { Concurrent = 1 } });
        await scanner.PassAsync(TimeSpan.FromHours(5), Step, operation: TimeSpan.FromMinutes(5));
        var report = Assert.Single(scanner.Reports);
        Assert.Equal((PolicyRunState.Completed, 5, 3000), (report.State, report.Chosen, report.Reclaimed));
        Assert.Equal(["disk-900", "disk-700", "disk-500", "disk-300", "disk-100"], scanner.Started.Select(s => report.Disks.Single(d => d.DiskId == s.Request.DiskId).Name));
        Assert.Equal(Samples.At("2026-01-05T01:00:00Z"), report.ScheduledAt);
        Assert.Equal(scanner.Started.Select(s => s.Request.RequestId), report.Disks.Select(d => d.OperationId!.Value));
    }

    [Fact]
    public async Task A_run_that_is_due_while_one_goes_on_is_left_out()
    {
        await using var scanner = await SimulatedScanner.StartAsync(Samples.At("2026-01-05T00:30:00Z"));
        await scanner.AddAsync(Samples.Disk("slow"));
        await scanner.StoreAsync(Samples.Nightly with { Trigger = new PolicyTrigger { Cron = "0 * * * *" } });
        await scanner.PassAsync(TimeSpan.FromHours(3), Step, operation: TimeSpan.FromMinutes(90));
        Assert.Equal([PolicyRunState.Completed, PolicyRunState.Skipped, PolicyRunState.Running], scanner.Reports.Select(r => r.State));
        Assert.Contains("2026-01-05 01:00:00Z", scanner.Reports[1].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_a_week_off_one_run_is_made_up()
    {
        await using var scanner = await SimulatedScanner.StartAsync(Samples.At("2026-01-05T00:30:00Z"));
        await scanner.AddAsync(Samples.Disk("disk"));
        await scanner.StoreAsync(Samples.Nightly);
        scanner.Time.Advance(TimeSpan.FromDays(7) + TimeSpan.FromHours(5));
        await scanner.PassAsync(TimeSpan.FromHours(24), Step, operation: TimeSpan.FromMinutes(5));
        Assert.Equal([Samples.At("2026-01-12T01:00:00Z"), Samples.At("2026-01-13T01:00:00Z")], scanner.Reports.Select(r => r.ScheduledAt));
        Assert.Contains("made up; those before it are left out", scanner.Reports[0].Reason, StringComparison.Ordinal);
        Assert.Null(scanner.Reports[1].Reason);
    }

    [Fact]
    public async Task What_was_missed_too_long_ago_is_noted_once()
    {
        await using var scanner = await SimulatedScanner.StartAsync(Samples.At("2026-01-05T00:30:00Z"));
        await scanner.StoreAsync(Samples.Nightly);
        scanner.Time.Advance(TimeSpan.FromDays(7));
        await scanner.PassAsync(TimeSpan.FromHours(2), Step, operation: TimeSpan.FromMinutes(5));
        Assert.Equal([PolicyRunState.Missed, PolicyRunState.Completed], scanner.Reports.Select(r => r.State));
    }
}
