using MassTransit;
using Microsoft.Extensions.Options;
using Sparsify.Contracts;
using Sparsify.HostWorker.Presence;

namespace Sparsify.HostWorker.Jobs;

/// <summary>
/// Holds the right to a disk while a run works on it, and ends the run before that right ends: SIGINT first, and
/// SIGKILL when it has not ended by the time the lease runs out.
/// </summary>
internal sealed class LeaseKeeper(IBus bus, IOptions<HostWorkerOptions> options, TimeProvider time, ILogger<LeaseKeeper> logger)
{
    private const int RenewalsPerLease = 4;

    /// <summary>Asks for the leave to start.</summary>
    /// <exception cref="LeaseLostException">It is refused.</exception>
    /// <exception cref="TimeoutException">No answer came while the lease could still hold.</exception>
    public async Task<LeaseAnswer> AcquireAsync(SparsifyVolume job, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        while (time.GetElapsedTime(begun) < job.LeaseDuration)
        {
            if (await TryRenewAsync(job, Interval(job.LeaseDuration), cancellationToken) is { } answer)
                return answer;
            cancellationToken.ThrowIfCancellationRequested();
        }

        throw new TimeoutException($"The Orchestrator did not answer within {job.LeaseDuration}.");
    }

    /// <summary>Renews until <paramref name="ended"/>; when that fails, ends the run through <paramref name="control"/>.</summary>
    public async Task KeepAsync(SparsifyVolume job, LeaseAnswer held, AttemptControl control, CancellationToken ended)
    {
        try
        {
            while (!ended.IsCancellationRequested)
            {
                control.Lifeline.Hold(held.AskedAt, StopBy(held));
                var interval = Interval(held.Duration);
                await Task.Delay(interval, time, ended);
                // Left to itself when the run ends: cutting a publish off is reported as a fault of the broker.
                if (await TryRenewAsync(job, interval, CancellationToken.None).WaitAsync(ended) is { } answer)
                {
                    held = answer;
                    if (answer.CancelRequested)
                        control.RequestStop(StopReason.Canceled);
                }
                else if (StopBy(held) - time.GetElapsedTime(held.AskedAt) <= interval)
                {
                    logger.LogError("The lease of operation {OperationId}, attempt {Attempt}, could not be renewed: ending the run before the lease ends.", job.OperationId, job.Attempt);
                    await control.EndAsync(StopReason.LeaseLost, held.Duration - time.GetElapsedTime(held.AskedAt), time, ended);
                    return;
                }
            }
        }
        catch (LeaseLostException e)
        {
            logger.LogError("The lease of operation {OperationId}, attempt {Attempt}, is gone: {Reason} Ending the run.", job.OperationId, job.Attempt, e.Message);
            await control.EndAsync(StopReason.LeaseLost, options.Value.FencingGrace, time, ended);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The run is over.
        }
    }

    /// <returns>Null when no answer came.</returns>
    private async Task<LeaseAnswer?> TryRenewAsync(SparsifyVolume job, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var asked = time.GetTimestamp();
        var request = new RenewLease { OperationId = job.OperationId, Attempt = job.Attempt, Generation = job.Generation, Host = job.Host };
        if (await bus.AskAsync<RenewLease, LeaseRenewed, LeaseRevoked>(request, timeout, cancellationToken) is not { } response)
        {
            logger.LogWarning("No answer to the renewal of the lease of operation {OperationId}, attempt {Attempt}, within {Limit}.", job.OperationId, job.Attempt, timeout);
            return null;
        }

        if (response.Is(out Response<LeaseRevoked>? revoked))
            throw new LeaseLostException(revoked.Message.Reason);
        response.Is(out Response<LeaseRenewed>? renewed);
        return new LeaseAnswer(asked, renewed!.Message.Duration, renewed.Message.CancelRequested);
    }

    private TimeSpan Interval(TimeSpan duration)
    {
        var share = duration / RenewalsPerLease;
        return share < options.Value.HeartbeatInterval ? share : options.Value.HeartbeatInterval;
    }

    /// <summary>The age of the lease at which the run must be told to stop, so that it can still end in order.</summary>
    private TimeSpan StopBy(LeaseAnswer held) => held.Duration - Grace(held.Duration, options.Value);

    /// <summary>How much of a lease is kept for a run to end in order.</summary>
    public static TimeSpan Grace(TimeSpan duration, HostWorkerOptions options) =>
        duration / RenewalsPerLease < options.FencingGrace ? duration / RenewalsPerLease : options.FencingGrace;
}
