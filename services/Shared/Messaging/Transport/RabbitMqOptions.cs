namespace Sparsify.Messaging;

/// <summary>The broker; section <c>Sparsify:RabbitMq</c>.</summary>
public sealed class RabbitMqOptions
{
    /// <summary><c>amqp://user:password@host:port/virtualhost</c>, or <c>amqps://</c> for TLS.</summary>
    public Uri? Uri { get; set; }
}
