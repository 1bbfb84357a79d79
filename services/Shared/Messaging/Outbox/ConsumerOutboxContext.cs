using MassTransit;
using MassTransit.Middleware;
using MassTransit.Middleware.Outbox;

namespace Sparsify.Messaging;

/// <summary>What a consumer sees while its transaction is open: everything it sends is staged.</summary>
internal sealed class ConsumerOutboxContext<TDbContext, TMessage>(
    ConsumeContext<TMessage> context, OutboxConsumeOptions options, IServiceProvider services, TDbContext db, TimeProvider time, Guid messageId, bool isConsumed)
    : OutboxConsumeContextProxy<TMessage>(context, options, services)
    where TDbContext : MessagingDbContext
    where TMessage : class
{
    private readonly bool _isConsumed = isConsumed;

    public override Guid? MessageId { get; } = messageId;

    public override bool ContinueProcessing { get; set; }

    public override bool IsMessageConsumed => _isConsumed;

    // The factory delivers after the commit, outside the pipe; for a repetition the pipe only has to say so.
    public override bool IsOutboxDelivered => _isConsumed;

    public override int ReceiveCount => 1;

    public override long? LastSequenceNumber => null;

    public override Task SetConsumed() => Task.CompletedTask;

    public override Task SetDelivered() => Task.CompletedTask;

    public override Task<List<OutboxMessageContext>> LoadOutboxMessages() => Task.FromResult<List<OutboxMessageContext>>([]);

    public override Task NotifyOutboxMessageDelivered(OutboxMessageContext message) => Task.CompletedTask;

    public override Task RemoveOutboxMessages() => Task.CompletedTask;

    public override Task AddSend<T>(SendContext<T> context)
    {
        db.Stage(OutboxMessage.From(context, time.GetUtcNow()));
        return Task.CompletedTask;
    }
}
