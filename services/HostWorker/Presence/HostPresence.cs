using MassTransit;
using Microsoft.Extensions.Options;
using Sparsify.Contracts;
using Sparsify.HostWorker.Capabilities;
using Sparsify.HostWorker.Jobs;
using Sparsify.HostWorker.Volumes;
using Sparsify.Messaging;

namespace Sparsify.HostWorker.Presence;

/// <summary>Says regularly that the host lives, and asks for work when it has room for some.</summary>
internal sealed class HostPresence(
    IBusControl bus, JobRunner runner, JobJournal journal, AppliancePreparation appliance, StorageDomainRoots roots, ClaimSignal claims, IOptions<HostWorkerOptions> options, TimeProvider time, ILogger<HostPresence> logger)
    : BackgroundService
{
    private const int MissedHeartbeats = 4;
    private readonly Guid _instance = Guid.NewGuid();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await bus.WaitForHealthStatus(BusHealthStatus.Healthy, stoppingToken);
        long? lastHeartbeat = null;
        while (!stoppingToken.IsCancellationRequested)
        {
            var capabilities = await appliance.ExamineAsync(stoppingToken);
            try
            {
                if (lastHeartbeat is null || time.GetElapsedTime(lastHeartbeat.Value) >= options.Value.HeartbeatInterval)
                {
                    lastHeartbeat = time.GetTimestamp();
                    await SayAsync(capabilities, stoppingToken);
                }

                if (WhyNot(capabilities) is null && runner.Running < options.Value.Slots)
                    await ClaimAsync(stoppingToken);
            }
            catch (MassTransitException e)
            {
                logger.LogWarning("The broker takes no messages now: {Reason}", e.Message);
            }

            await claims.WaitAsync(options.Value.HeartbeatInterval, time, stoppingToken);
        }
    }

    private Task SayAsync(HostCapabilities capabilities, CancellationToken cancellationToken) => bus.TellAsync(
        new HostHeartbeat
        {
            Host = options.Value.Name,
            InstanceId = _instance,
            SentAt = time.GetUtcNow(),
            TimeToLive = options.Value.HeartbeatInterval * MissedHeartbeats,
            Slots = options.Value.Slots,
            RunningJobs = runner.Running,
            StorageDomains = roots.Reachable,
            Capabilities = capabilities,
            NotClaimingBecause = WhyNot(capabilities),
        },
        time,
        cancellationToken,
        options.Value.HeartbeatInterval * MissedHeartbeats);

    private Task ClaimAsync(CancellationToken cancellationToken) => bus.TellAsync(
        new ClaimVolumeJobs { Host = options.Value.Name, InstanceId = _instance, Slots = options.Value.Slots, StorageDomains = roots.Reachable },
        time,
        cancellationToken,
        options.Value.HeartbeatInterval);

    private string? WhyNot(HostCapabilities capabilities) =>
        runner.IsStopping ? "The worker is stopping."
        : journal.WhyNotWritable() is { } fault ? fault
        : runner.HasFormerRuns ? "A run that it started before its last restart has not ended yet."
        : capabilities.Accelerator is null ? appliance.Failure ?? "No appliance starts here."
        : roots.Reachable.Count == 0 ? "None of its storage domains' directories is there."
        : null;
}
