using System.Diagnostics;
using MassTransit;
using Microsoft.Extensions.Options;
using Sparsify.Contracts;
using Sparsify.HostWorker.Presence;
using Sparsify.Messaging;

namespace Sparsify.HostWorker.Jobs;

/// <summary>Sends the ends of attempts, again and again until the Orchestrator has acknowledged them.</summary>
internal sealed class EndReports(IBusControl bus, JobJournal journal, IOptions<HostWorkerOptions> options, TimeProvider time, ILogger<EndReports> logger) : BackgroundService
{
    private static readonly TimeSpan SendLimit = TimeSpan.FromSeconds(10);

    /// <summary>Notes the end of an attempt, so that it is not forgotten, and sends it. What cannot be noted is said once.</summary>
    public async Task EndAsync(AttemptRecord record, object report, CancellationToken cancellationToken)
    {
        try
        {
            journal.End(record, report);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.LogError("The end of attempt {Attempt} of operation {OperationId} cannot be noted; it is said once: {Reason}", record.Job.Attempt, record.Job.OperationId, e.Message);
        }

        await SendAsync(record, report, cancellationToken);
    }

    /// <summary>Sends one now; a broker that is away is left to the repetition.</summary>
    public async Task SendAsync(AttemptRecord record, object report, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(SendLimit);
        using var activity = HostWorkerTelemetry.Source.StartActivity("report end", ActivityKind.Internal, record.Trace);
        try
        {
            // Before its endpoints are bound a bus may take a message and drop it.
            await bus.WaitForHealthStatus(BusHealthStatus.Healthy, limit.Token);
            await bus.TellAsync(report, time, limit.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or MassTransitException && !cancellationToken.IsCancellationRequested)
        {
            logger.LogWarning("The end of attempt {Attempt} of operation {OperationId} could not be sent and will be sent again: {Reason}", record.Job.Attempt, record.Job.OperationId, e.Message);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await bus.WaitForHealthStatus(BusHealthStatus.Healthy, stoppingToken);
        using var timer = new PeriodicTimer(options.Value.HeartbeatInterval, time);
        do
        {
            foreach (var (record, report) in journal.Unacknowledged())
                await SendAsync(record, report, stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
