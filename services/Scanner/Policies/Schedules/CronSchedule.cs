using Cronos;
using Sparsify.Contracts;

namespace Sparsify.Scanner.Policies.Schedules;

/// <summary>When a policy is due by the clock, in its time zone: an hour that is skipped or comes twice costs no run and doubles none.</summary>
internal static class CronSchedule
{
    /// <summary>The next time after an instant; null when there is none.</summary>
    public static DateTimeOffset? NextAfter(PolicyTrigger trigger, DateTimeOffset instant) =>
        trigger.Cron is { } cron ? CronExpression.Parse(cron).GetNextOccurrence(instant, TimeZones.Of(trigger.TimeZone))?.ToUniversalTime() : null;

    /// <summary>Decides what becomes of runs that are due: one at most starts, however many were missed.</summary>
    /// <param name="trigger">The trigger.</param>
    /// <param name="dueAt">The first time that was due, not later than now.</param>
    /// <param name="now">The time.</param>
    /// <param name="late">A run that starts no later than this after its time is on time.</param>
    /// <param name="grace">A run that was missed is made up until so long after its time.</param>
    public static DueRun Decide(PolicyTrigger trigger, DateTimeOffset dueAt, DateTimeOffset now, TimeSpan late, TimeSpan grace)
    {
        // The first is known already, and is not found again where the clocks went forward over it: it comes at the gap's end.
        var from = dueAt > now - grace ? dueAt : now - grace;
        var later = CronExpression.Parse(trigger.Cron!).GetOccurrences(from, now, TimeZones.Of(trigger.TimeZone), fromInclusive: from != dueAt, toInclusive: true);
        var last = later.Select(t => t.ToUniversalTime()).Prepend(dueAt).Last();
        var state = now - last <= late ? DueState.OnTime : now - last <= grace ? DueState.MadeUp : DueState.Missed;
        return new DueRun(last, state, MissedBefore: dueAt < last);
    }
}
