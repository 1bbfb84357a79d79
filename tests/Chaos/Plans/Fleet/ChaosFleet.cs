using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Npgsql;
using Sparsify.Testing.Disks;
using Sparsify.Testing.Platforms;
using Sparsify.Testing.Processes;
using Sparsify.Testing.Servers;

namespace Sparsify.Chaos.Fleet;

/// <summary>The whole platform in processes of its own: an API, two Orchestrators, four host workers, on a RabbitMQ and a PostgreSQL that may be ended.</summary>
public sealed class ChaosFleet : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(3);
    private static readonly string[] OrchestratorNames = ["orchestrator-1", "orchestrator-2"];
    private readonly HttpClient _management;
    private readonly NpgsqlDataSource _database;

    private ChaosFleet(TestFolder folder, PrivateRabbitMq rabbitMq, PrivatePostgres postgres, string tools)
    {
        (Folder, RabbitMq, Postgres) = (folder, rabbitMq, postgres);
        // A connection costs more than a look, and there are many looks.
        _database = NpgsqlDataSource.Create($"{postgres.ConnectionString};Maximum Pool Size=3");
        _management = new HttpClient { BaseAddress = rabbitMq.Management };
        _management.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(rabbitMq.Address.UserInfo)));
        Records = folder.Folder("records");
        var shared = FleetSettings.Shared;
        Api = Service("api", "Api", "Sparsify.Api", shared, hasDatabase: true);
        Orchestrators = [.. OrchestratorNames.Select(name => Service(name, "Orchestrator", "Sparsify.Orchestrator", shared, hasDatabase: true))];
        Workers = [.. FleetSettings.Hosts.Select(host => Service(host.Name, "HostWorker", "Sparsify.HostWorker", WorkerSettings(host, shared, tools), hasDatabase: false))];
        Client = new PlatformClient(new HttpClient { BaseAddress = Api.Address, Timeout = TimeSpan.FromSeconds(10) });
    }

    /// <summary>Everything that it writes.</summary>
    public TestFolder Folder { get; }

    /// <summary>The broker.</summary>
    public PrivateRabbitMq RabbitMq { get; }

    /// <summary>The database.</summary>
    public PrivatePostgres Postgres { get; }

    /// <summary>What the runs note.</summary>
    public string Records { get; }

    /// <summary>The REST API's service.</summary>
    public Member Api { get; }

    /// <summary>The Orchestrators.</summary>
    public IReadOnlyList<Member> Orchestrators { get; }

    /// <summary>The host workers.</summary>
    public IReadOnlyList<Member> Workers { get; }

    /// <summary>All services.</summary>
    public IEnumerable<Member> Members => [Api, .. Orchestrators, .. Workers];

    /// <summary>The REST API.</summary>
    public PlatformClient Client { get; }

    /// <summary>Each scratch folder is a small disk of its own. Mounting one takes root's rights.</summary>
    public static bool ScratchMayFill => Environment.IsPrivilegedProcess;

    /// <summary>Starts everything, and waits until it is ready. Of one that does not become ready the logs stay.</summary>
    public static async Task<ChaosFleet> StartAsync()
    {
        var folder = TestFolder.Create("chaos");
        var rabbitMq = PrivateRabbitMq.StartAsync();
        var postgres = PrivatePostgres.StartAsync();
        var fleet = new ChaosFleet(folder, await rabbitMq, await postgres, await StandInTools.MakeAsync(folder));
        try
        {
            foreach (var domain in FleetSettings.Domains)
                folder.Folder(domain);
            foreach (var host in FleetSettings.Hosts.Where(_ => ScratchMayFill))
                await Tools.RunAsync("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", fleet.ScratchOf(host.Name));
            await Task.WhenAll(fleet.Members.Select(m => m.StartAsync()));
            await fleet.ReadyAsync();
            return fleet;
        }
        catch
        {
            folder.Stays = true;
            await fleet.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until every service is ready.</summary>
    public Task ReadyAsync() => Task.WhenAll(Members.Select(m => m.ReadyAsync(StartLimit)));

    /// <summary>The folder of a storage domain.</summary>
    public string FolderOf(string domain) => Folder.File(domain);

    /// <summary>A worker's scratch folder.</summary>
    public string ScratchOf(string host) => Folder.File($"{host}-scratch");

    /// <summary>A member by name.</summary>
    public Member Member(string name) => Members.Single(m => m.Name == name);

    /// <summary>Takes every fault back: all run, all links are open, all clocks are right.</summary>
    public async Task RestoreAsync()
    {
        foreach (var member in Members)
        {
            member.SetClock(TimeSpan.Zero);
            member.Broker.Mode = LinkMode.Open;
            if (member.Database is { } database)
                database.Mode = LinkMode.Open;
            await member.ThawAsync();
        }

        await Task.WhenAll(Members.Select(m => m.StartAsync()));
    }

    /// <summary>Rows of a query, each as its values.</summary>
    public async Task<IReadOnlyList<object?[]>> QueryAsync(string sql)
    {
        await using var command = _database.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<object?[]>();
        while (await reader.ReadAsync())
        {
            var row = new object[reader.FieldCount];
            reader.GetValues(row);
            rows.Add([.. row.Select(v => v is DBNull ? null : v)]);
        }

        return rows;
    }

    /// <summary>Every queue and how many messages it holds.</summary>
    public async Task<IReadOnlyDictionary<string, long>> QueuesAsync() =>
        (await _management.GetFromJsonAsync<JsonElement>("/api/queues/%2F?disable_stats=true&enable_queue_totals=true")).EnumerateArray()
            .ToDictionary(q => q.GetProperty("name").GetString()!, q => q.TryGetProperty("messages", out var count) ? count.GetInt64() : 0);

    /// <summary>Empties a queue: what was found there once would be found after each plan.</summary>
    public async Task PurgeAsync(string queue) => (await _management.DeleteAsync(new Uri($"/api/queues/%2F/{Uri.EscapeDataString(queue)}/contents", UriKind.Relative))).EnsureSuccessStatusCode();

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        _management.Dispose();
        await Task.WhenAll(Members.Select(m => m.DisposeAsync().AsTask()));
        foreach (var host in FleetSettings.Hosts.Where(_ => ScratchMayFill))
            await Tools.RunAsync("umount", ScratchOf(host.Name));
        await _database.DisposeAsync();
        await RabbitMq.DisposeAsync();
        await Postgres.DisposeAsync();
        Folder.Dispose();
    }

    private Member Service(string name, string project, string assembly, Dictionary<string, string?> settings, bool hasDatabase)
    {
        var broker = new Link(RabbitMq.Address.Port);
        var server = new NpgsqlConnectionStringBuilder(Postgres.ConnectionString);
        var database = hasDatabase ? new Link(server.Port) : null;
        server.MaxPoolSize = 30;
        server.Port = database?.Port ?? server.Port;
        return new Member(name, project, assembly, Folder, broker, database, new Dictionary<string, string?>(settings)
        {
            ["Sparsify__RabbitMq__Uri"] = new UriBuilder(RabbitMq.Address) { Port = broker.Port }.Uri.ToString(),
            ["Sparsify__Database__ConnectionString"] = hasDatabase ? server.ConnectionString : null,
        });
    }

    private Dictionary<string, string?> WorkerSettings(HostPlace host, Dictionary<string, string?> shared, string tools)
    {
        Directory.CreateDirectory(ScratchOf(host.Name));
        var settings = new Dictionary<string, string?>(shared)
        {
            ["Sparsify__HostWorker__Name"] = host.Name,
            ["Sparsify__HostWorker__Scratch"] = ScratchOf(host.Name),
            ["Sparsify__HostWorker__Accelerator"] = "Tcg",
            ["Sparsify__HostWorker__VirtSparsify"] = Path.Combine(tools, "virt-sparsify"),
            ["PATH"] = $"{tools}:{Environment.GetEnvironmentVariable("PATH")}",
            ["CHAOS_RECORDS"] = Records,
        };
        foreach (var domain in host.Domains)
            settings[$"Sparsify__HostWorker__Domains__{domain}"] = FolderOf(domain);
        return settings;
    }
}
