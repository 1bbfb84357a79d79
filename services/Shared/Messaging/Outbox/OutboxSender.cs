using MassTransit;
using MassTransit.Logging;
using MassTransit.Middleware;
using MassTransit.Serialization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Sparsify.Messaging;

/// <summary>Sends committed messages to the broker and takes them out of the outbox.</summary>
internal sealed class OutboxSender<TDbContext>(IBus bus, IOptions<TransportOptions> transport, IOptions<OutboxOptions> options, TimeProvider time)
    where TDbContext : MessagingDbContext
{
    private bool KeepsSent => transport.Value.Transport == TransportKind.Memory;

    /// <summary>Sends in order and stops at the first message that the broker does not take: the sweeper sends the rest.</summary>
    public async Task<IReadOnlyList<long>> SendAsync(IEnumerable<OutboxMessage> messages, CancellationToken cancellationToken)
    {
        var sent = new List<long>();
        foreach (var message in messages)
        {
            if (message.ExpiresAt > time.GetUtcNow() || message.ExpiresAt is null)
                await SendAsync(message, cancellationToken);
            sent.Add(message.Id);
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
