using Sparsify.Contracts;
using Sparsify.Scanner.Policies.Schedules;

namespace Sparsify.Scanner.Policies.Runs;

/// <summary>Decides what a run does next, by its limits, its window and what has come of it so far.</summary>
internal static class RunPlan
{
    /// <summary>Decides.</summary>
    /// <param name="run">The run.</param>
    /// <param name="disks">Its disks, in the order of their turns.</param>
    /// <param name="now">The time.</param>
    public static RunStep Next(PolicyRun run, IReadOnlyCollection<RunDisk> disks, DateTimeOffset now)
    {
        var limits = run.Rule.Limits;
        if (!run.Rule.Window.IsOpen(now))
            return new RunStep([], PolicyVerdict.OutsideWindow);
        if (limits.Minutes is { } minutes && now >= run.StartedAt + TimeSpan.FromMinutes(minutes))
            return new RunStep([], PolicyVerdict.OutOfTime);
        if (limits.Bytes is { } bytes && run.Reclaimed >= bytes)
            return new RunStep([], PolicyVerdict.OutOfBytes);

        var live = disks.Where(d => d.Turn == Turn.Live).ToList();
        var expected = run.Reclaimed + live.Sum(d => d.Line.Reclaimable ?? 0);
        var start = new List<RunDisk>();
        foreach (var disk in disks.Where(d => d.Turn == Turn.Waiting && d.NotBefore <= now))
        {
            // What is under way counts as if it had given back what was measured: the limit would be passed before it is seen.
            if (live.Count + start.Count >= limits.Concurrent || expected >= limits.Bytes)
                break;
            start.Add(disk);
            expected += disk.Line.Reclaimable ?? 0;
        }

        return new RunStep(start, Stop: null);
    }

    /// <summary>When nothing may start any more; null when there is no such time.</summary>
    public static DateTimeOffset? DeadlineOf(Policy rule, DateTimeOffset start)
    {
        var closes = rule.Window.ClosesAt(start);
        var over = rule.Limits.Minutes is { } minutes ? start + TimeSpan.FromMinutes(minutes) : (DateTimeOffset?)null;
        return closes is null || over < closes ? over ?? closes : closes;
    }
}
