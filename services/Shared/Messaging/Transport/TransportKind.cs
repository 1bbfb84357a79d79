namespace Sparsify.Messaging;

/// <summary>How services reach each other.</summary>
public enum TransportKind
{
    /// <summary>RabbitMQ: several processes, several hosts.</summary>
    RabbitMq,

    /// <summary>Queues inside this process.</summary>
    Memory,
}
