using System.Threading.Channels;
using MassTransit;
using Sparsify.Contracts;
using Sparsify.HostWorker.Presence;
using Sparsify.HostWorker.Runs;
using Sparsify.Messaging;

namespace Sparsify.HostWorker.Jobs;

/// <summary>
/// Tells how far a run is, at most once a second, without ever holding the run up: while the broker is away the
/// newest report waits and older ones are dropped.
/// </summary>
internal sealed class RunReports(IBus bus, TimeProvider time, ILogger<RunReports> logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);

    /// <summary>Starts telling; completing the channel ends it.</summary>
    public (ChannelWriter<RunProgress> Progress, Task Told) Start(AttemptRecord record, CancellationToken ended)
    {
        var channel = Channel.CreateBounded<RunProgress>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        return (channel.Writer, TellAsync(record, channel.Reader, ended));
    }

    private async Task TellAsync(AttemptRecord record, ChannelReader<RunProgress> progress, CancellationToken ended)
    {
        try
        {
            var started = new VolumeJobStarted
            {
                OperationId = record.Job.OperationId,
                Attempt = record.Job.Attempt,
                Generation = record.Job.Generation,
                Host = record.Job.Host,
                Predicted = record.Predicted,
                SizeBefore = record.SizeBefore!.Value,
                StartedAt = record.StartedAt!.Value,
            };
            while (!await TryTellAsync(record, started, null, ended))
                await Task.Delay(Pause, time, ended);
            var sequence = 0;
            var (lastFraction, lastStage) = (-1.0, "");
            await foreach (var seen in progress.ReadAllAsync(ended))
            {
                var (fraction, stage) = (seen.Fraction, seen.Stage);
                if (fraction == lastFraction && stage == lastStage)
                    continue;
                (lastFraction, lastStage) = (fraction, stage);
                var progressed = new VolumeJobProgressed
                {
                    OperationId = record.Job.OperationId,
                    Attempt = record.Job.Attempt,
                    Sequence = ++sequence,
                    Fraction = fraction,
                    Stage = stage,
                    At = time.GetUtcNow(),
                };
                await TryTellAsync(record, progressed, Lifetime, ended);
                await Task.Delay(Pause, time, ended);
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The end itself is told by the journal.
        }
    }

    /// <returns>False when the broker does not take it now.</returns>
    private async Task<bool> TryTellAsync(AttemptRecord record, object message, TimeSpan? lifetime, CancellationToken ended)
    {
        try
        {
            await bus.TellAsync(message, time, ended, lifetime);
            return true;
        }
        catch (MassTransitException e)
        {
            logger.LogWarning("{Message} of operation {OperationId} cannot be told now: {Reason}", message.GetType().Name, record.Job.OperationId, e.Message);
            return false;
        }
    }
}
