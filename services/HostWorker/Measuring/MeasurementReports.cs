using MassTransit;
using Sparsify.Contracts;
using Sparsify.HostWorker.Presence;
using Sparsify.Messaging;

namespace Sparsify.HostWorker.Measuring;

/// <summary>Measures a volume after a run and tells the figures. A report that is lost is made up for when the volume is next asked for.</summary>
internal sealed class MeasurementReports(IBus bus, VolumeAnswers answers, TimeProvider time, ILogger<MeasurementReports> logger)
{
    private static readonly TimeSpan SendLimit = TimeSpan.FromSeconds(10);

    /// <summary>Measures and tells; a failure is logged and otherwise without effect.</summary>
    /// <param name="job">The job of the run that has ended.</param>
    /// <param name="succeeded">No other run of its operation follows.</param>
    public async Task TellAsync(SparsifyVolume job, bool succeeded)
    {
        using var limit = new CancellationTokenSource(SendLimit, time);
        try
        {
            var answer = answers.Answer(new MeasureVolume { DiskId = job.DiskId, StorageDomain = job.StorageDomain, Path = job.Path, Format = job.Format });
            await bus.TellAsync(succeeded && answer is VolumeMeasured measured ? measured with { OperationId = job.OperationId } : answer, time, limit.Token);
        }
        catch (Exception e) when (e is MassTransitException or OperationCanceledException)
        {
            logger.LogWarning("What the volume of operation {OperationId} measures after its run could not be told: {Reason}", job.OperationId, e.Message);
        }
    }
}
