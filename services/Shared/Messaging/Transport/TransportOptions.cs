namespace Sparsify.Messaging;

/// <summary>How services reach each other; section <c>Sparsify</c>.</summary>
public sealed class TransportOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Sparsify";

    /// <summary>The transport.</summary>
    public TransportKind Transport { get; set; } = TransportKind.RabbitMq;

    /// <summary>The broker; required with <see cref="TransportKind.RabbitMq"/>.</summary>
    public RabbitMqOptions RabbitMq { get; set; } = new();
}
