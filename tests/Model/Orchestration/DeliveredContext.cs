using MassTransit;
using MassTransit.Context;

namespace Sparsify.Model.Orchestration;

/// <summary>A message as consumers and the saga see it, with the scope of its transaction and without a transport.</summary>
internal sealed class DeliveredContext<TMessage>(Delivery delivery, TMessage message) : BaseConsumeContext(delivery, null!), ConsumeContext<TMessage>
    where TMessage : class
{
    public TMessage Message => message;

    public override Guid? MessageId => null;

    public override Guid? RequestId => null;

    public override Guid? CorrelationId => null;

    public override Guid? ConversationId => null;

    public override Guid? InitiatorId => null;

    public override DateTime? ExpirationTime => null;

    public override Uri SourceAddress => null!;

    public override Uri DestinationAddress => null!;

    public override Uri ResponseAddress { get; } = new($"exchange:{Sent.Answer}");

    public override Uri FaultAddress => null!;

    public override DateTime? SentTime => null;

    public override Headers Headers => delivery.TransportHeaders;

    public override HostInfo Host => null!;

    public override Task ConsumeCompleted => Task.CompletedTask;

    public override IEnumerable<string> SupportedMessageTypes => [];

    public override bool HasMessageType(Type messageType) => messageType == typeof(TMessage);

    public override bool TryGetMessage<T>(out ConsumeContext<T> consumeContext)
    {
        consumeContext = (this as ConsumeContext<T>)!;
        return consumeContext is not null;
    }

    public override bool HasPayloadType(Type payloadType) => delivery.HasPayloadType(payloadType);

    public override bool TryGetPayload<T>(out T payload) => delivery.TryGetPayload(out payload!);

    public override T GetOrAddPayload<T>(PayloadFactory<T> payloadFactory) => delivery.GetOrAddPayload(payloadFactory);

    public override T AddOrUpdatePayload<T>(PayloadFactory<T> addFactory, UpdatePayloadFactory<T> updateFactory) => delivery.AddOrUpdatePayload(addFactory, updateFactory);

    public override void AddConsumeTask(Task task)
    {
    }

    public Task NotifyConsumed(TimeSpan duration, string consumerType) => Task.CompletedTask;

    public Task NotifyFaulted(TimeSpan duration, string consumerType, Exception exception) => Task.CompletedTask;

    public override Task NotifyConsumed<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType) => Task.CompletedTask;

    public override Task NotifyFaulted<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType, Exception exception) => Task.CompletedTask;
}
