using System.Net;
using System.Text.Json;
using MassTransit;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.EntityFrameworkCore;
using Sparsify.Api;
using Sparsify.Api.ReadModel;
using Sparsify.Contracts;
using Sparsify.Messaging;
using Sparsify.Orchestrator;
using Sparsify.Orchestrator.Storage;
using Sparsify.Scanner;
using Sparsify.Scanner.Fleet;
using Sparsify.Scanner.Storage;
using Sparsify.ServiceDefaults;
using Sparsify.Testing.Platforms;
using Sparsify.Testing.Servers;

namespace Sparsify.Platform.Tests.Hosting;

/// <summary>API, Orchestrator and Scanner in this process, with hosts that do what the test says.</summary>
internal sealed class TestPlatform : IAsyncDisposable
{
    public const string Domain = "vms";
    private static readonly string[] HostNames = ["host-a", "host-b"];
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly WebApplication _app;

    private TestPlatform(BackEnd backEnd, WebApplication app, PlatformClient client) => (BackEnd, _app, Client) = (backEnd, app, client);

    public BackEnd BackEnd { get; }

    public PlatformClient Client { get; }

    public IBus Bus => _app.Services.GetRequiredService<IBus>();

    public Published Published => _app.Services.GetRequiredService<Published>();

    public ScriptedHost HostA => _app.Services.GetRequiredService<IReadOnlyList<ScriptedHost>>()[0];

    public ScriptedHost HostB => _app.Services.GetRequiredService<IReadOnlyList<ScriptedHost>>()[1];

    public static Task<TestPlatform> StartAsync(BackEndKind kind, params (string Key, string Value)[] settings) => StartAsync(kind, _ => { }, settings);

    public static async Task<TestPlatform> StartAsync(BackEndKind kind, Action<IServiceCollection> configure, params (string Key, string Value)[] settings)
    {
        var backEnd = await BackEnd.CreateAsync(kind);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration.AddInMemoryCollection(backEnd.Settings);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Sparsify:Orchestrator:SweepInterval"] = "00:00:00.3",
            ["Sparsify:Orchestrator:RetryDelay"] = "00:00:00.1",
            ["Sparsify:Orchestrator:LeaseGuard"] = "00:00:01",
            ["Sparsify:Scanner:PolicySweepInterval"] = "00:00:00.2",
            ["Sparsify:Outbox:SweepInterval"] = "00:00:01",
            ["Sparsify:Outbox:SweepAge"] = "00:00:01",
            ["Sparsify:Api:DecisionTimeout"] = "00:00:10",
            ["Sparsify:Api:PolicyTimeout"] = "00:00:30",
            ["AllowedHosts"] = "127.0.0.1",
        });
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(s => s.Key, s => (string?)s.Value));
        builder.WebHost.UseKestrelCore().ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRouting();
        builder.AddServiceDefaults("test");
        builder.AddOrchestrator();
        builder.AddScanner();
        builder.AddApi();
        builder.Services.AddSingleton<Published>();
        builder.Services.AddSingleton<IReadOnlyList<ScriptedHost>>(services => [.. HostNames.Select(name => new ScriptedHost(name, services.GetRequiredService<IBus>()))]);
        builder.AddSparsifyBus(bus =>
        {
            bus.AddOrchestratorConsumers();
            bus.AddScannerConsumers();
            bus.AddApiConsumers();
            bus.AddConsumer<Published.Consumer>().Endpoint(e => e.Name = "upstream");
            ScriptedHost.AddConsumers(bus, HostNames);
        });
        configure(builder.Services);
        var app = builder.Build();
        app.MapApi();
        app.MapHealth();
        await app.StartAsync();
        await app.Services.GetRequiredService<IBusControl>().WaitForHealthStatus(BusHealthStatus.Healthy, Limit);
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new TestPlatform(backEnd, app, new PlatformClient(new HttpClient { BaseAddress = new Uri(address) }));
    }

    /// <summary>Makes a disk known, and waits until the API shows it.</summary>
    public async Task<Guid> AddDiskAsync(string? name = null, Func<DiskReported, DiskReported>? change = null)
    {
        var id = Guid.NewGuid();
        name ??= $"disk-{id:N}";
        var report = new DiskReported
        {
            DiskId = id,
            Name = name,
            StorageDomain = Domain,
            Path = $"{name}.img",
            Format = VolumeFormat.Raw,
            VirtualSize = 10_000,
            ActualSize = 1000,
            ReportedAt = DateTimeOffset.UtcNow,
        };
        await Bus.Publish(change?.Invoke(report) ?? report);
        await Client.DiskAsync(name);
        return id;
    }

    /// <summary>A host as the API shows it; null while it knows none of that name.</summary>
    public async Task<JsonElement?> HostAsync(string name) =>
        (await Client.GetAsync("/api/v1/hosts")).GetProperty("items").EnumerateArray().Where(h => h.Text("name") == name).Select(h => (JsonElement?)h).SingleOrDefault();

    /// <summary>A host says that it has measured a disk, at the end of an operation's run where one is given.</summary>
    public async Task MeasuredAsync(Guid disk, VolumeMeasurement figures, long actualSize = 1000, Guid? operation = null) => await Bus.Publish(new VolumeMeasured
    {
        Host = HostNames[0],
        DiskId = disk,
        StorageDomain = Domain,
        Path = (await Client.GetAsync($"/api/v1/disks/{disk}")).GetProperty("path").GetString()!,
        VirtualSize = 10_000,
        ActualSize = actualSize,
        Measurement = figures,
        OperationId = operation,
        Stamp = $"{figures.MeasuredAt.UtcTicks}",
    });

    /// <summary>Asks for a disk to be sparsified, which must be accepted.</summary>
    public async Task<Guid> RequestAsync(Guid disk, object? body = null)
    {
        var (status, operation) = await Client.SparsifyAsync(disk, body);
        return status == HttpStatusCode.Accepted ? operation.GetProperty("id").GetGuid() : throw new InvalidOperationException($"{status}: {operation}");
    }

    public async Task<T> WithDatabaseAsync<T>(Func<OrchestratorDbContext, Task<T>> work)
    {
        await using var scope = _app.Services.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<OrchestratorDbContext>());
    }

    public async Task<T> WithReadModelAsync<T>(Func<ApiDbContext, Task<T>> work)
    {
        await using var scope = _app.Services.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<ApiDbContext>());
    }

    /// <summary>Does something with a service of a scope.</summary>
    public async Task<T> WithAsync<TService, T>(Func<TService, Task<T>> work)
        where TService : notnull
    {
        await using var scope = _app.Services.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<TService>());
    }

    /// <summary>Whether something holds of what the Scanner knows of a disk, which is null of one that it does not know.</summary>
    public Task<bool> ScannedAsync(Guid disk, Func<ScannedDisk?, bool> holds) => WithAsync<ScannerDbContext, bool>(async db => holds(await db.Disks.FindAsync(disk)));

    /// <summary>Until something in PostgreSQL waits for what another transaction holds.</summary>
    public Task UntilATransactionWaitsAsync(string what) =>
        UntilAsync(() => WithDatabaseAsync(async db => await db.Database.SqlQuery<int>($"SELECT 1 AS \"Value\" FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()").AnyAsync()), what);

    public static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        var end = DateTime.UtcNow + Limit;
        while (!await condition())
        {
            if (DateTime.UtcNow > end)
                throw new TimeoutException($"Still waiting until {what}.");
            await Task.Delay(50);
        }
    }

    public static Task UntilAsync(Func<bool> condition, string what) => UntilAsync(() => Task.FromResult(condition()), what);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        await BackEnd.DisposeAsync();
    }
}
