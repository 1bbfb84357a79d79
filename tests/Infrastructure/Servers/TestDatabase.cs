using Npgsql;

namespace Sparsify.Testing.Servers;

/// <summary>One database of the tests' PostgreSQL, for one test.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly string _server;
    private readonly string _name;

    private TestDatabase(string server, string name)
    {
        (_server, _name) = (server, name);
        ConnectionString = new NpgsqlConnectionStringBuilder(server) { Database = name, MaxPoolSize = 30 }.ConnectionString;
    }

    /// <summary>An Npgsql connection string.</summary>
    public string ConnectionString { get; }

    /// <summary>Makes a database.</summary>
    /// <param name="servers">Where; the servers of this test run unless given.</param>
    public static async Task<TestDatabase> CreateAsync(ServerAddresses? servers = null)
    {
        var database = new TestDatabase((servers ?? await TestServers.GetAsync()).Postgres, $"test_{Guid.NewGuid():N}");
        await database.ExecuteOnServerAsync($"CREATE DATABASE {database._name}");
        return database;
    }

    /// <summary>The one value that a query gives.</summary>
    public async Task<T> QueryAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Ends every connection to it and lets nobody in, as a database that is away would.</summary>
    public async Task CloseAsync()
    {
        await ExecuteOnServerAsync($"ALTER DATABASE {_name} ALLOW_CONNECTIONS false");
        await ExecuteOnServerAsync($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{_name}'");
    }

    /// <summary>Lets everybody in again.</summary>
    public Task OpenAsync() => ExecuteOnServerAsync($"ALTER DATABASE {_name} ALLOW_CONNECTIONS true");

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await using (var connection = new NpgsqlConnection(ConnectionString))
            NpgsqlConnection.ClearPool(connection);
        await ExecuteOnServerAsync($"DROP DATABASE {_name} WITH (FORCE)");
    }

    private async Task ExecuteOnServerAsync(string sql)
    {
        await using var connection = new NpgsqlConnection($"{_server};Pooling=false"); // the server may have been started anew
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
