using MassTransit;
using MassTransit.RabbitMqTransport;
using Microsoft.Extensions.Logging;

namespace Sparsify.Messaging;

/// <summary>
/// Lets no receive endpoint outlive its channel. A channel that dies between the broker's answer to «consume» and the
/// moment its consumer hears of it (a process that stands still while the broker restarts) leaves MassTransit 8 waiting
/// for ever for that consumer, and the endpoint deaf. So the channel itself is watched, by looking and not by its
/// events, which are what gets lost; when the endpoint does not let go of a dead one, it is taken away from it, and
/// MassTransit consumes again on a new channel.
/// </summary>
internal sealed class DeadChannelFilter(Uri endpoint, TimeProvider time, ILogger<DeadChannelFilter> logger) : IFilter<ChannelContext>
{
    /// <summary>Handlers that are still busy get as long before their message comes again.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    private string Queue => endpoint.AbsolutePath.Split('/')[^1];

    public async Task Send(ChannelContext context, IPipe<ChannelContext> next)
    {
        var consuming = next.Send(context);
        using var timer = new PeriodicTimer(LookInterval, time);
        var closedAt = default(long?);
        while (await Task.WhenAny(consuming, timer.WaitForNextTickAsync().AsTask()) != consuming)
        {
            if (context.Channel.IsOpen)
                continue;
            closedAt ??= time.GetTimestamp();
            if (time.GetElapsedTime(closedAt.Value) < Grace)
                continue;
            logger.LogWarning("The channel of {Queue} is closed and its endpoint did not notice: it consumes again on a new one.", Queue);
            _ = consuming.ContinueWith(t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            // With a cause: one without counts as final, and ends the start of a bus that has not started yet.
            var lost = new RabbitMqConnectionException($"The channel of {Queue} is closed.", new IOException(context.Channel.CloseReason?.ReplyText ?? "No reason was given."));
            // Without this the dead channel would be handed out again.
            context.NotifyFaulted(lost, endpoint);
            throw lost;
        }

        await consuming;
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("deadChannel");
}
