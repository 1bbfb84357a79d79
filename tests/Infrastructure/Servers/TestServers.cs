namespace Sparsify.Testing.Servers;

/// <summary>
/// The tests' own RabbitMQ and PostgreSQL: containers where a Docker engine answers and has or gets the images, else
/// private instances of the installed packages. System services are never touched.
/// </summary>
public sealed class TestServers : IAsyncDisposable
{
    private static readonly Lazy<Task<TestServers>> Shared = new(() => ServerAddresses.FromEnvironment() is { } given
        ? Task.FromResult(new TestServers(given, []))
        : StartForThisProcessAsync());

    private readonly IReadOnlyList<IAsyncDisposable> _servers;

    private TestServers(ServerAddresses addresses, IReadOnlyList<IAsyncDisposable> servers) => (Addresses, _servers) = (addresses, servers);

    /// <summary>Where they are.</summary>
    public ServerAddresses Addresses { get; }

    /// <summary>The servers of this test run: those of the environment, else started once and ended with this process.</summary>
    public static async Task<ServerAddresses> GetAsync() => (await Shared.Value).Addresses;

    /// <summary>Starts both.</summary>
    /// <exception cref="InvalidOperationException">Neither containers nor packages could be started; the message says why.</exception>
    public static async Task<TestServers> StartAsync()
    {
        if (await ContainerServers.TryStartAsync() is { } containers)
            return new TestServers(containers.Addresses, [containers]);
        var rabbit = PrivateRabbitMq.StartAsync();
        var postgres = PrivatePostgres.StartAsync();
        await Task.WhenAll(rabbit, postgres);
        var addresses = new ServerAddresses(rabbit.Result.Address, rabbit.Result.Management, postgres.Result.ConnectionString, $"private {rabbit.Result.Version} and {postgres.Result.Version}");
        return new TestServers(addresses, [rabbit.Result, postgres.Result]);
    }

    private static async Task<TestServers> StartForThisProcessAsync()
    {
        var servers = await StartAsync();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => servers.DisposeAsync().AsTask().GetAwaiter().GetResult();
        return servers;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
            await server.DisposeAsync();
    }
}
