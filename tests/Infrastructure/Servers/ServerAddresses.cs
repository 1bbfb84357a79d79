using System.Text.Json;

namespace Sparsify.Testing.Servers;

/// <summary>Where the tests' broker and database are, with rights to make virtual hosts and databases.</summary>
/// <param name="RabbitMq"><c>amqp://user:password@host:port</c>, without a virtual host.</param>
/// <param name="RabbitMqManagement">The management plugin's address.</param>
/// <param name="Postgres">An Npgsql connection string.</param>
/// <param name="Description">What was started, for people.</param>
public sealed record ServerAddresses(Uri RabbitMq, Uri RabbitMqManagement, string Postgres, string Description)
{
    /// <summary>The environment variable that hands the addresses to test processes.</summary>
    public const string Variable = "SPARSIFY_TEST_SERVERS";

    /// <summary>One line of JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this);

    /// <summary>What <see cref="Variable"/> says; null when it is not set.</summary>
    public static ServerAddresses? FromEnvironment() =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } json ? JsonSerializer.Deserialize<ServerAddresses>(json) : null;
}
