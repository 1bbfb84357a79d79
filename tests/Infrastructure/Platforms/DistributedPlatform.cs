using Sparsify.Testing.Servers;

namespace Sparsify.Testing.Platforms;

/// <summary>API, Orchestrator and host workers as processes of their own, over RabbitMQ and PostgreSQL.</summary>
public sealed class DistributedPlatform(IReadOnlyList<string> hosts, IReadOnlyDictionary<string, string?>? settings = null) : TestPlatform
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

    /// <inheritdoc />
    public override string Logs => string.Join('\n', new[] { Api, Orchestrator }.Concat(_workers.Values).Select(p => p.Log));

    /// <inheritdoc />
    public override ServiceProcess Worker(string host) => _workers[host];

    /// <inheritdoc />
    public override async Task StartAsync()
    {
        Broker = await MessageBroker.CreateAsync();
        Database = await TestDatabase.CreateAsync();
        var shared = new Dictionary<string, string?>(QuickSettings)
        {
            ["Sparsify__RabbitMq__Uri"] = Broker.Uri.ToString(),
            ["Sparsify__Database__ConnectionString"] = Database.ConnectionString,
        };
        foreach (var (name, value) in settings ?? new Dictionary<string, string?>())
            shared[name] = value;
        Api = ServiceProcess.Start("Api", "Sparsify.Api", Folder.File("api.log"), shared);
        Orchestrator = ServiceProcess.Start("Orchestrator", "Sparsify.Orchestrator", Folder.File("orchestrator.log"), shared);
        foreach (var host in hosts)
            _workers[host] = ServiceProcess.Start("HostWorker", "Sparsify.HostWorker", Folder.File($"{host}.log"), WorkerSettings(host, shared));
        await Task.WhenAll(new[] { Api, Orchestrator }.Concat(_workers.Values).Select(p => p.ReadyAsync()));
        Client = new PlatformClient(new HttpClient { BaseAddress = Api.Address });
    }

    /// <inheritdoc />
    public override async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        await Task.WhenAll(new[] { Api, Orchestrator }.Concat(_workers.Values).Where(p => p is not null).Select(p => p.DisposeAsync().AsTask()));
        if (Broker is not null)
            await Broker.DisposeAsync();
        if (Database is not null)
            await Database.DisposeAsync();
        Folder.Dispose();
    }

    private Dictionary<string, string?> WorkerSettings(string host, IReadOnlyDictionary<string, string?> shared)
    {
        var scratch = Folder.File($"{host}-scratch");
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
