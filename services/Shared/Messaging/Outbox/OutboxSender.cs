using MassTransit;
using MassTransit.Logging;
using MassTransit.Middleware;
using MassTransit.Serialization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Sparsify.Messaging;

/// <summary>Sends committed messages to the broker and takes them out of the outbox.</summary>
internal sealed class OutboxSender<TDbContext>(IBusControl bus, IOptions<TransportOptions> transport, IOptions<OutboxOptions> options, TimeProvider time)
    where TDbContext : MessagingDbContext
{
    /// <summary>Less than a transaction may stand idle, with <see cref="OutboxOptions.SendLimit"/> added.</summary>
    private static readonly TimeSpan LongestPass = TimeSpan.FromSeconds(20);

    private bool KeepsSent => transport.Value.Transport == TransportKind.Memory;

    /// <summary>Sends in order and stops at the first message that the broker does not take: the sweeper sends the rest.</summary>
    public async Task<IReadOnlyList<long>> SendAsync(IEnumerable<OutboxMessage> messages, CancellationToken cancellationToken)
    {
        var sent = new List<long>();
        foreach (var message in messages)
        {
            await SendUnlessExpiredAsync(message, cancellationToken);
            sent.Add(message.Id);
        }

        return sent;
    }

    /// <summary>Sends in order, and goes on past what the broker refuses: one message must not hold all others up. Stops when the broker is away.</summary>
    /// <param name="messages">Those that were left over.</param>
    /// <param name="refused">Told of those that the broker does not take.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<long>> SendLeftoversAsync(IEnumerable<OutboxMessage> messages, RefusedMessages refused, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        var sent = new List<long>();
        foreach (var message in messages.TakeWhile(_ => time.GetElapsedTime(begun) < LongestPass))
        {
            try
            {
                await SendUnlessExpiredAsync(message, cancellationToken);
                sent.Add(message.Id);
                refused.Forget(message.Id);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested && bus.CheckHealth().Status == BusHealthStatus.Healthy)
            {
                refused.Note(message, e);
            }
            catch (Exception) when (!cancellationToken.IsCancellationRequested && sent.Count > 0)
            {
                // The broker is away. What it has taken is not sent again; the next pass says what is wrong.
                break;
            }
        }

        return sent;
    }

    /// <summary>Records what was sent. Losing this step only means sending again, which the inboxes drop.</summary>
    public async Task ForgetAsync(TDbContext db, IReadOnlyList<long> sent, CancellationToken cancellationToken)
    {
        var rows = db.Set<OutboxMessage>().Where(m => sent.Contains(m.Id));
        if (KeepsSent)
            await rows.ExecuteUpdateAsync(m => m.SetProperty(x => x.SentAt, time.GetUtcNow()), cancellationToken);
        else
            await rows.ExecuteDeleteAsync(cancellationToken);
    }

    private Task SendUnlessExpiredAsync(OutboxMessage message, CancellationToken cancellationToken) =>
        message.ExpiresAt <= time.GetUtcNow() ? Task.CompletedTask : SendAsync(message, cancellationToken);

    private async Task SendAsync(OutboxMessage message, CancellationToken cancellationToken)
    {
        var endpoint = await bus.GetSendEndpoint(message.DestinationAddress);
        var activity = LogContext.Current?.StartOutboxDeliverActivity(message);
        try
        {
            await BrokerConfirmation.WithinAsync(
                options.Value.SendLimit,
                time,
                $"message {message.MessageId}, which stays in the outbox and is sent again,",
                ct => endpoint.Send(new SerializedMessageBody(), new OutboxMessageSendPipe(message, message.DestinationAddress), ct),
                cancellationToken);
        }
        finally
        {
            activity?.Stop();
        }
    }
}
