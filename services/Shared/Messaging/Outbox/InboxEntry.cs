namespace Sparsify.Messaging;

/// <summary>A consumer has handled a message; written in the transaction of what the handling did.</summary>
public sealed class InboxEntry
{
    /// <summary>The message.</summary>
    public Guid MessageId { get; init; }

    /// <summary>The consumer, message type and endpoint together, as MassTransit hashes them.</summary>
    public Guid ConsumerId { get; init; }

    /// <summary>When, UTC; old rows are removed.</summary>
    public DateTimeOffset ConsumedAt { get; init; }
}
