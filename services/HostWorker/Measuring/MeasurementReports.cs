using MassTransit;
using Sparsify.Contracts;
using Sparsify.DiskImages;
using Sparsify.HostWorker.Presence;
using Sparsify.HostWorker.Volumes;

namespace Sparsify.HostWorker.Measuring;

/// <summary>Measures a volume after a run and tells the figures. The next discovery makes up for a report that is lost.</summary>
internal sealed class MeasurementReports(IBus bus, VolumeMeter meter, StorageDomainRoots roots, ILogger<MeasurementReports> logger)
{
    private static readonly TimeSpan SendLimit = TimeSpan.FromSeconds(10);

    /// <summary>Says a measurement in the words of the contracts.</summary>
    public static VolumeMeasured Describe(string host, string storageDomain, string path, MeasuredVolume measured) => new()
    {
        Host = host,
        StorageDomain = storageDomain,
        Path = path,
        VirtualSize = measured.Found.VirtualSize,
        ActualSize = measured.Found.ActualSize,
        Measurement = measured.Told,
    };

    /// <summary>Measures and tells; a failure is logged and otherwise without effect.</summary>
    public async Task TellAsync(SparsifyVolume job, string path)
    {
        using var limit = new CancellationTokenSource(SendLimit);
        try
        {
            var root = roots.RootOf(job.StorageDomain);
            await bus.TellAsync(Describe(job.Host, job.StorageDomain, job.Path, meter.Measure(root, path, job.Format)), limit.Token);
        }
        catch (Exception e) when (e is ImageFormatException or IOException or UnauthorizedAccessException or MassTransitException or OperationCanceledException)
        {
            logger.LogWarning("The volume of operation {OperationId} could not be measured after its run, or that could not be told: {Reason}", job.OperationId, e.Message);
        }
    }
}
