using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Sparsify.Scanner;

/// <summary>What this service counts.</summary>
internal static class ScannerTelemetry
{
    /// <summary>The name of the meter and of the activity source.</summary>
    public const string Name = "Sparsify.Scanner";

    /// <summary>The spans of this service.</summary>
    public static ActivitySource Source { get; } = new(Name);

    private static readonly Meter Meter = new(Name);

    /// <summary>Alerts that were raised.</summary>
    public static Counter<long> AlertsRaised { get; } = Meter.CreateCounter<long>("sparsify.alerts.raised", "{alert}", "Disks whose dead space passed their thresholds");

    /// <summary>Disks that hosts were asked to measure.</summary>
    public static Counter<long> MeasuringAsked { get; } = Meter.CreateCounter<long>("sparsify.measuring.asked", "{disk}", "Disks that hosts were asked to measure");

    /// <summary>Their answers.</summary>
    public static Counter<long> MeasuringAnswered { get; } = Meter.CreateCounter<long>("sparsify.measuring.answered", "{disk}", "Disks that hosts have measured, found unchanged, or could not measure");

    /// <summary>Events that web hooks took.</summary>
    public static Counter<long> WebHooksDelivered { get; } = Meter.CreateCounter<long>("sparsify.webhooks.delivered", "{event}", "Events that web hooks took");

    /// <summary>Tries that failed.</summary>
    public static Counter<long> WebHooksFailed { get; } = Meter.CreateCounter<long>("sparsify.webhooks.failed", "{try}", "Tries to post an event that failed");

    /// <summary>Events that were given up.</summary>
    public static Counter<long> WebHooksDead { get; } = Meter.CreateCounter<long>("sparsify.webhooks.dead", "{event}", "Events that were given up");

    /// <summary>Runs of policies that were started.</summary>
    public static Counter<long> PolicyRuns { get; } = Meter.CreateCounter<long>("sparsify.policies.runs", "{run}", "Runs of policies that were started");
}
