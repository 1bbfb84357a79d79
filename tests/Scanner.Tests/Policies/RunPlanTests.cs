using Sparsify.Contracts;
using Sparsify.Scanner.Policies.Runs;
using Xunit;

namespace Sparsify.Scanner.Tests.Policies;

/// <summary>What a run starts, and when it stops.</summary>
public sealed class RunPlanTests
{
    private static readonly DateTimeOffset Start = Samples.At("2026-01-05T02:00:00Z");

    [Fact]
    public void No_more_run_at_once_than_the_limit_says()
    {
        var disks = Disks(5);
        Assert.Equal([0, 1], Positions(RunPlan.Next(Run(new PolicyLimits { Concurrent = 2 }), disks, Start)));
        (disks[0].Turn, disks[1].Turn) = (Turn.Ended, Turn.Live);
        Assert.Equal([2], Positions(RunPlan.Next(Run(new PolicyLimits { Concurrent = 2 }), disks, Start)));
        disks[2].Turn = Turn.Live;
        Assert.Empty(RunPlan.Next(Run(new PolicyLimits { Concurrent = 2 }), disks, Start).Start);
    }

    [Fact]
    public void Nothing_starts_after_its_minutes_or_its_bytes()
    {
        var limits = new PolicyLimits { Minutes = 10, Bytes = 1000 };
        Assert.Null(RunPlan.Next(Run(limits), Disks(1), Start.AddMinutes(10).AddTicks(-1)).Stop);
        Assert.Equal(PolicyVerdict.OutOfTime, RunPlan.Next(Run(limits), Disks(1), Start.AddMinutes(10)).Stop);
        Assert.Null(RunPlan.Next(Run(limits, reclaimed: 999), Disks(1), Start).Stop);
        Assert.Equal(PolicyVerdict.OutOfBytes, RunPlan.Next(Run(limits, reclaimed: 1000), Disks(1), Start).Stop);
    }

    [Fact]
    public void What_is_under_way_counts_as_given_back()
    {
        var disks = Disks(3);
        var run = Run(new PolicyLimits { Concurrent = 3, Bytes = 1000 });
        Assert.Equal([0, 1], Positions(RunPlan.Next(run, disks, Start)));
        (disks[0].Turn, disks[1].Turn) = (Turn.Live, Turn.Live);
        Assert.Equal(([], null), RunPlan.Next(run, disks, Start) is var wait ? (Positions(wait), wait.Stop) : default);
    }

    [Fact]
    public void Nothing_starts_outside_the_window()
    {
        var run = Run(new PolicyLimits(), new PolicyWindow { From = "01:00", To = "03:00" });
        Assert.Null(RunPlan.Next(run, Disks(1), Start.AddMinutes(59)).Stop);
        Assert.Equal(PolicyVerdict.OutsideWindow, RunPlan.Next(run, Disks(1), Start.AddMinutes(60)).Stop);
    }

    [Fact]
    public void The_deadline_is_the_first_of_both()
    {
        var window = new PolicyWindow { From = "01:00", To = "03:00" };
        Assert.Equal(Start.AddMinutes(60), RunPlan.DeadlineOf(Rule(new PolicyLimits { Minutes = 90 }, window), Start));
        Assert.Equal(Start.AddMinutes(30), RunPlan.DeadlineOf(Rule(new PolicyLimits { Minutes = 30 }, window), Start));
        Assert.Equal(Start.AddMinutes(30), RunPlan.DeadlineOf(Rule(new PolicyLimits { Minutes = 30 }, null), Start));
        Assert.Null(RunPlan.DeadlineOf(Rule(new PolicyLimits(), null), Start));
    }

    [Fact]
    public void Starts_are_spread_always_alike_and_leave_half_of_the_time()
    {
        var disks = Enumerable.Range(0, 2000).Select(_ => Guid.NewGuid()).ToList();
        var spread = disks.Select(d => Stagger.StartOf(d, TimeSpan.FromMinutes(30), Start, null) - Start).ToList();
        Assert.All(spread, s => Assert.InRange(s, TimeSpan.Zero, TimeSpan.FromMinutes(30)));
        Assert.All(spread.GroupBy(s => (int)(s.TotalMinutes / 10)), third => Assert.InRange(third.Count(), 500, 850));
        Assert.Equal(spread, disks.Select(d => Stagger.StartOf(d, TimeSpan.FromMinutes(30), Start, Start.AddHours(9)) - Start));
        Assert.All(disks, d => Assert.True(Stagger.StartOf(d, TimeSpan.FromMinutes(30), Start, Start.AddMinutes(20)) < Start.AddMinutes(10)));
        Assert.All(disks, d => Assert.Equal(Start, Stagger.StartOf(d, TimeSpan.Zero, Start, Start.AddMinutes(20))));
    }

    [Fact]
    public void A_disk_does_not_start_before_its_place()
    {
        var disks = Disks(3, i => i == 0 ? Start.AddMinutes(5) : Start);
        Assert.Equal([1], Positions(RunPlan.Next(Run(new PolicyLimits { Concurrent = 1 }), disks, Start)));
        Assert.Equal([0], Positions(RunPlan.Next(Run(new PolicyLimits { Concurrent = 1 }), disks, Start.AddMinutes(5))));
    }

    [Fact]
    public void Ids_follow_from_what_they_name()
    {
        var (policy, disk) = (Guid.NewGuid(), Guid.NewGuid());
        var run = NamedId.OfRun(policy, Start);
        Assert.Equal(run, NamedId.OfRun(policy, Start.ToOffset(TimeSpan.FromHours(2))));
        Assert.NotEqual(run, NamedId.OfRun(policy, Start.AddMinutes(1)));
        Assert.Equal(NamedId.OfOperation(run, disk), NamedId.OfOperation(run, disk));
        Assert.NotEqual(NamedId.OfOperation(run, disk), NamedId.OfOperation(disk, run));
        Assert.Equal(8, run.Version);
    }

    private static int[] Positions(RunStep step) => [.. step.Start.Select(d => d.Position)];

    private static Policy Rule(PolicyLimits limits, PolicyWindow? window) => Samples.Nightly with { Limits = limits, Window = window };

    private static PolicyRun Run(PolicyLimits limits, PolicyWindow? window = null, long reclaimed = 0) => new() { Rule = Rule(limits, window), StartedAt = Start, ScheduledAt = Start, Reclaimed = reclaimed };

    private static List<RunDisk> Disks(int count, Func<int, DateTimeOffset>? notBefore = null) =>
    [
        .. Enumerable.Range(0, count).Select(i => new RunDisk
        {
            Position = i,
            Turn = Turn.Waiting,
            NotBefore = notBefore?.Invoke(i) ?? Start,
            Line = new PolicyRunDisk { DiskId = Guid.NewGuid(), Name = $"disk-{i}", StorageDomain = "vms", Path = "a", ActualSize = 1000, Reclaimable = 500, Verdict = PolicyVerdict.Chosen },
        }),
    ];
}
