using MassTransit;
using MassTransit.Context;
using MassTransit.Metadata;
using MassTransit.Middleware;
using MassTransit.Serialization;

namespace Sparsify.Messaging;

/// <summary>A message that leaves once its transaction has committed.</summary>
public sealed class OutboxMessage : OutboxMessageContext
{
    private Dictionary<string, object>? _properties;

    /// <summary>The order of leaving within a database.</summary>
    public long Id { get; private set; }

    /// <summary>When it was added, UTC.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was handed to an in-memory transport, UTC; such rows are kept, since that queue dies with the process.</summary>
    public DateTimeOffset? SentAt { get; set; }

    /// <inheritdoc cref="OutboxMessageContext.MessageId" />
    public Guid MessageId { get; init; }

    /// <inheritdoc />
    public Guid? RequestId { get; init; }

    /// <inheritdoc />
    public Guid? CorrelationId { get; init; }

    /// <inheritdoc />
    public Guid? ConversationId { get; init; }

    /// <inheritdoc />
    public Guid? InitiatorId { get; init; }

    /// <summary>When the message means nothing any more, UTC.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Where it comes from.</summary>
    public string? Source { get; init; }

    /// <summary>Where it goes.</summary>
    public required string Destination { get; init; }

    /// <summary>Where a response goes.</summary>
    public string? Response { get; init; }

    /// <summary>Where a fault goes.</summary>
    public string? Fault { get; init; }

    /// <inheritdoc />
    public required string ContentType { get; init; }

    /// <inheritdoc />
    public required string MessageType { get; init; }

    /// <inheritdoc />
    public required string Body { get; init; }

    /// <summary>The headers as JSON; among them the trace context.</summary>
    public string? HeaderJson { get; init; }

    /// <summary>The transport's properties as JSON.</summary>
    public string? PropertyJson { get; init; }

    internal Uri DestinationAddress => new(Destination);

    long OutboxMessageContext.SequenceNumber => Id;

    IReadOnlyDictionary<string, object> OutboxMessageContext.Properties =>
        _properties ??= SystemTextJsonMessageSerializer.Instance.DeserializeDictionary<object>(PropertyJson) ?? [];

    Guid? MessageContext.MessageId => MessageId;

    DateTime? MessageContext.ExpirationTime => ExpiresAt?.UtcDateTime;

    Uri? MessageContext.SourceAddress => AsUri(Source);

    Uri? MessageContext.DestinationAddress => DestinationAddress;

    Uri? MessageContext.ResponseAddress => AsUri(Response);

    Uri? MessageContext.FaultAddress => AsUri(Fault);

    DateTime? MessageContext.SentTime => CreatedAt.UtcDateTime;

    Headers MessageContext.Headers =>
        SystemTextJsonMessageSerializer.Instance.DeserializeDictionary<object?>(HeaderJson) is { } headers
            ? new DictionarySendHeaders(headers)
            : EmptyHeaders.Instance;

    HostInfo MessageContext.Host => HostMetadataCache.Host;

    internal static OutboxMessage From<T>(SendContext<T> context, DateTimeOffset now)
        where T : class
    {
        var json = SystemTextJsonMessageSerializer.Instance;
        var properties = new Dictionary<string, object>(StringComparer.OrdinalIgnoreCase);
        if (context is TransportSendContext<T> transport)
            transport.WritePropertiesTo(properties);
        return new OutboxMessage
        {
            CreatedAt = now,
            MessageId = context.MessageId ?? throw new MessageException(typeof(T), "A message needs an id to go through the outbox."),
            RequestId = context.RequestId,
            CorrelationId = context.CorrelationId,
            ConversationId = context.ConversationId,
            InitiatorId = context.InitiatorId,
            ExpiresAt = now + context.TimeToLive,
            Source = context.SourceAddress?.ToString(),
            Destination = context.DestinationAddress?.ToString() ?? throw new MessageException(typeof(T), "A message needs a destination to go through the outbox."),
            Response = context.ResponseAddress?.ToString(),
            Fault = context.FaultAddress?.ToString(),
            ContentType = (context.ContentType ?? context.Serialization.DefaultContentType).ToString(),
            MessageType = string.Join(';', context.SupportedMessageTypes),
            Body = context.Serializer.GetMessageBody(context).GetString(),
            HeaderJson = json.SerializeDictionary(context.Headers.GetAll()),
            PropertyJson = properties.Count > 0 ? json.SerializeDictionary(properties) : null,
        };
    }

    private static Uri? AsUri(string? address) => address is null ? null : new Uri(address);
}
