using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Sparsify.HostWorker;

/// <summary>The names under which a host worker is observed.</summary>
public static class HostWorkerTelemetry
{
    /// <summary>The activity source and the meter.</summary>
    public const string SourceName = "Sparsify.HostWorker";

    internal static readonly ActivitySource Source = new(SourceName);

    internal static readonly Meter Meter = new(SourceName);

    internal static readonly Counter<long> Reclaimed = Meter.CreateCounter<long>("sparsify.volume.reclaimed", "By", "Bytes given back to the storage.");

    internal static readonly Histogram<double> RunDuration = Meter.CreateHistogram<double>("sparsify.volume.run.duration", "s", "Duration of virt-sparsify.");
}
