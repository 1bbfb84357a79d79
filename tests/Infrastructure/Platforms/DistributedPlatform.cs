using Sparsify.Testing.Servers;

namespace Sparsify.Testing.Platforms;

/// <summary>API, Orchestrator, Scanner and host workers as processes of their own, over RabbitMQ and PostgreSQL.</summary>
/// <param name="hosts">The names of the hosts.</param>
/// <param name="settings">Settings beside the usual ones.</param>
/// <param name="servers">Broker and database; those of this test run unless given.</param>
public sealed class DistributedPlatform(IReadOnlyList<string> hosts, IReadOnlyDictionary<string, string?>? settings = null, ServerAddresses? servers = null) : TestPlatform
{
    private readonly Dictionary<string, ServiceProcess> _workers = [];

    /// <summary>The broker.</summary>
    public MessageBroker Broker { get; private set; } = null!;

    /// <summary>The database.</summary>
    public TestDatabase Database { get; private set; } = null!;

    /// <summary>The API.</summary>
    public ServiceProcess Api { get; private set; } = null!;

    /// <summary>The Orchestrator.</summary>
    public ServiceProcess Orchestrator { get; private set; } = null!;

    /// <summary>The Scanner.</summary>
    public ServiceProcess Scanner { get; private set; } = null!;

    /// <inheritdoc />
    public override string Logs => string.Join('\n', All.Select(p => p.Log));

    private IEnumerable<ServiceProcess> All => new[] { Api, Orchestrator, Scanner }.Concat(_workers.Values);

    /// <inheritdoc />
    public override ServiceProcess Worker(string host) => _workers[host];

    /// <inheritdoc />
    public override IReadOnlyDictionary<string, string> Scratches => hosts.ToDictionary(host => host, ScratchOf);

    /// <inheritdoc />
    public override Task<long> CountLeasesAsync() => Database.QueryAsync<long>("SELECT count(*) FROM orchestrator.leases");

    /// <inheritdoc />
    public override async Task StartAsync()
    {
        await PrepareAsync();
        Launch();
        await ReadyAsync();
    }

    /// <summary>Starts all services, whether or not broker and database are there, and waits for none.</summary>
    public void Launch()
    {
        var shared = new Dictionary<string, string?>(QuickSettings)
        {
            ["Sparsify__RabbitMq__Uri"] = Broker.Uri.ToString(),
            ["Sparsify__Database__ConnectionString"] = Database.ConnectionString,
        };
        foreach (var (name, value) in settings ?? new Dictionary<string, string?>())
            shared[name] = value;
        Api = ServiceProcess.Start("Api", "Sparsify.Api", Folder.File("api.log"), shared);
        Orchestrator = ServiceProcess.Start("Orchestrator", "Sparsify.Orchestrator", Folder.File("orchestrator.log"), shared);
        Scanner = ServiceProcess.Start("Scanner", "Sparsify.Scanner", Folder.File("scanner.log"), shared);
        foreach (var host in hosts)
            _workers[host] = ServiceProcess.Start("HostWorker", "Sparsify.HostWorker", Folder.File($"{host}.log"), WorkerSettings(host, shared));
        Client = new PlatformClient(new HttpClient { BaseAddress = Api.Address });
    }

    /// <summary>Waits until every service is ready.</summary>
    public Task ReadyAsync() => Task.WhenAll(All.Select(p => p.ReadyAsync()));

    /// <summary>Makes broker and database for services that are launched while these are away.</summary>
    public async Task PrepareAsync()
    {
        Broker = await MessageBroker.CreateAsync(servers);
        Database = await TestDatabase.CreateAsync(servers);
    }

    /// <inheritdoc />
    public override async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        await Task.WhenAll(All.Where(p => p is not null).Select(p => p.DisposeAsync().AsTask()));
        if (Broker is not null)
            await Broker.DisposeAsync();
        if (Database is not null)
            await Database.DisposeAsync();
        Folder.Dispose();
    }

    private string ScratchOf(string host) => Folder.File($"{host}-scratch");

    private Dictionary<string, string?> WorkerSettings(string host, IReadOnlyDictionary<string, string?> shared)
    {
        var scratch = ScratchOf(host);
        SharedAppliance.Use(scratch);
        return new Dictionary<string, string?>(shared)
        {
            ["Sparsify__HostWorker__Name"] = host,
            ["Sparsify__HostWorker__Scratch"] = scratch,
            [$"Sparsify__HostWorker__Domains__{Domain}"] = Storage,
            // A worker has no state beside its scratch folder.
            ["Sparsify__Database__ConnectionString"] = null,
        };
    }
}
