namespace Sparsify.Testing.Servers;

/// <summary>The two ways to run the platform.</summary>
public enum BackEndKind
{
    /// <summary>Queues in memory, SQLite.</summary>
    Embedded,

    /// <summary>RabbitMQ and PostgreSQL.</summary>
    Distributed,
}
