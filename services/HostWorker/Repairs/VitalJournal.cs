using MassTransit;
using Microsoft.Extensions.Options;
using Sparsify.Contracts;
using Sparsify.HostWorker.Jobs;
using Sparsify.HostWorker.Presence;

namespace Sparsify.HostWorker.Repairs;

/// <summary>Has the vital bytes of a disk stored with the Orchestrator, which is the leave to start.</summary>
internal sealed class VitalJournal(IBus bus, IOptions<HostWorkerOptions> options, ILogger<VitalJournal> logger)
{
    /// <summary>Asks until there is an answer.</summary>
    /// <returns>False when the operation is to be canceled instead.</returns>
    /// <exception cref="LeaseLostException">The host has no right to start.</exception>
    /// <exception cref="OperationCanceledException">It was told to stop, or its lease could not be held meanwhile.</exception>
    public async Task<bool> StoreAsync(SparsifyVolume job, VitalBytes vitalBytes, CancellationToken stop)
    {
        var request = new JournalVitalBytes { OperationId = job.OperationId, Attempt = job.Attempt, Generation = job.Generation, Host = job.Host, VitalBytes = vitalBytes };
        while (true)
        {
            stop.ThrowIfCancellationRequested();
            if (await bus.AskAsync<JournalVitalBytes, VitalBytesJournaled, LeaseRevoked>(request, options.Value.HeartbeatInterval, stop) is not { } response)
            {
                logger.LogWarning("The vital bytes of operation {OperationId}, attempt {Attempt}, are not yet journaled: no answer came within {Limit}.", job.OperationId, job.Attempt, options.Value.HeartbeatInterval);
                continue;
            }

            if (response.Is(out Response<LeaseRevoked>? revoked))
                throw new LeaseLostException(revoked.Message.Reason);
            response.Is(out Response<VitalBytesJournaled>? journaled);
            return !journaled!.Message.CancelRequested;
        }
    }
}
