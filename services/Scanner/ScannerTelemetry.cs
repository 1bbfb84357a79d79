using System.Diagnostics.Metrics;

namespace Sparsify.Scanner;

/// <summary>What this service counts.</summary>
internal static class ScannerTelemetry
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Sparsify.Scanner";

    private static readonly Meter Meter = new(MeterName);

    /// <summary>Alerts that were raised.</summary>
    public static Counter<long> AlertsRaised { get; } = Meter.CreateCounter<long>("sparsify.alerts.raised", "{alert}", "Disks whose dead space passed their thresholds");

    /// <summary>Runs of policies that were started.</summary>
    public static Counter<long> PolicyRuns { get; } = Meter.CreateCounter<long>("sparsify.policies.runs", "{run}", "Runs of policies that were started");
}
