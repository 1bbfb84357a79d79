using Cronos;
using Sparsify.Contracts;
using Sparsify.Scanner.Policies.Schedules;

namespace Sparsify.Scanner.Policies.Validation;

/// <summary>What a policy may say. What comes over the bus or from a file is hostile: any part of it may be absent.</summary>
internal static class PolicyRules
{
    private const int MaximumCron = 100;
    private const int MaximumConcurrent = 100;
    private const int MaximumPerRun = 1000;
    private const int MaximumMinutes = 7 * 24 * 60;
    private const int MaximumStagger = 24 * 60;

    /// <summary>Finds everything that is wrong.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="now">The time: a schedule that never comes again is refused.</param>
    /// <returns>Empty when it may be kept.</returns>
    public static IReadOnlyList<PolicyFault> Check(Policy? policy, DateTimeOffset now)
    {
        var faults = new FaultList();
        if (policy is null)
        {
            faults.Add("policy", "is absent.");
            return faults.All;
        }

        if (!PolicyNames.IsName(policy.Name))
            faults.Add("name", $"is not 1 to {PolicyNames.MaximumLength} letters, digits, dots, hyphens or underscores.");
        if (faults.Present(policy.Trigger, "trigger"))
            CheckTrigger(policy.Trigger, now, faults);
        if (faults.Present(policy.Selector, "selector"))
            SelectorRules.Check(policy.Selector, faults);
        if (faults.Present(policy.Thresholds, "thresholds"))
        {
            faults.Range(policy.Thresholds.Bytes, 0, long.MaxValue, "thresholds.bytes");
            if (policy.Thresholds.Share is { } share && !(share >= 0 && share <= 1))
                faults.Add("thresholds.share", "is not from 0 to 1.");
        }

        if (faults.Present(policy.Limits, "limits"))
            CheckLimits(policy.Limits, faults);
        if (policy.Window is { } window)
            CheckWindow(window, faults);
        faults.Word(policy.Mode, "mode");
        faults.Word(policy.Priority, "priority");
        faults.Word(policy.Overlap, "overlap");
        return faults.All;
    }

    private static void CheckTrigger(PolicyTrigger trigger, DateTimeOffset now, FaultList faults)
    {
        if (faults.Present(trigger.Events, "trigger.events"))
        {
            if (trigger.Events.Distinct().Count() != trigger.Events.Count)
                faults.Add("trigger.events", "names an event twice.");
            foreach (var word in trigger.Events.Distinct().Take(10))
                faults.Word(word, "trigger.events");
        }

        faults.Range(trigger.GrewBy, 1, long.MaxValue, "trigger.grewBy");
        var zone = faults.TimeZone(trigger.TimeZone, "trigger.timeZone");
        if (trigger.Cron is null)
        {
            if (trigger.TimeZone is not null)
                faults.Add("trigger.timeZone", "belongs to a cron expression, and there is none.");
            if (trigger.Events is null or { Count: 0 } && trigger.GrewBy is null)
                faults.Add("trigger", "says nothing; give cron, events or grewBy.");
        }
        else if (trigger.Cron.Length > MaximumCron || !CronExpression.TryParse(trigger.Cron, out var cron))
        {
            faults.Add("trigger.cron", "is not a cron expression of five fields, such as '0 2 * * *'.");
        }
        else if (zone && CronSchedule.NextAfter(trigger, now) is null)
        {
            faults.Add("trigger.cron", "names a time that never comes.");
        }
    }

    private static void CheckLimits(PolicyLimits limits, FaultList faults)
    {
        faults.Range(limits.Concurrent, 1, MaximumConcurrent, "limits.concurrent");
        faults.Range(limits.PerRun, 1, MaximumPerRun, "limits.perRun");
        faults.Range(limits.Bytes, 1, long.MaxValue, "limits.bytes");
        faults.Range(limits.Minutes, 1, MaximumMinutes, "limits.minutes");
        faults.Range(limits.StaggerMinutes, 0, MaximumStagger, "limits.staggerMinutes");
    }

    private static void CheckWindow(PolicyWindow window, FaultList faults)
    {
        if (faults.Present(window.Days, "window.days"))
        {
            if (window.Days.Distinct().Count() != window.Days.Count)
                faults.Add("window.days", "names a day twice.");
            foreach (var day in window.Days.Distinct().Take(10))
                faults.Word(day, "window.days");
        }

        if (!WindowTimes.TryTime(window.From, out _))
            faults.Add("window.from", "is not a time such as 01:00.");
        if (!WindowTimes.TryTime(window.To, out _))
            faults.Add("window.to", "is not a time such as 05:00.");
        faults.TimeZone(window.TimeZone, "window.timeZone");
    }
}
