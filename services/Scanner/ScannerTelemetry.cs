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

    /// <summary>Disks that hosts were asked to measure.</summary>
    public static Counter<long> MeasuringAsked { get; } = Meter.CreateCounter<long>("sparsify.measuring.asked", "{disk}", "Disks that hosts were asked to measure");

    /// <summary>Their answers.</summary>
    public static Counter<long> MeasuringAnswered { get; } = Meter.CreateCounter<long>("sparsify.measuring.answered", "{disk}", "Disks that hosts have measured, found unchanged, or could not measure");
}
