using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Sparsify.Testing.Platforms;

/// <summary><c>sparsify serve</c>.</summary>
public sealed class EmbeddedPlatform(int slots = 1, IReadOnlyDictionary<string, string?>? settings = null) : TestPlatform
{
    private ServiceProcess _server = null!;

    /// <summary>The host worker's scratch folder.</summary>
    public string Scratch => Path.Combine(Data, "host");

    /// <summary>The folder whose files give policies.</summary>
    public string PolicyFiles => Folder.Folder("policies");

    /// <inheritdoc />
    public override string Logs => _server.Log;

    /// <inheritdoc />
    public override ServiceProcess Worker(string host) => _server;

    /// <inheritdoc />
    public override IReadOnlyDictionary<string, string> Scratches => new Dictionary<string, string> { [""] = Scratch };

    private string Data => Folder.Folder("data");

    /// <inheritdoc />
    public override async Task<long> CountLeasesAsync()
    {
        await using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(Data, "db", "orchestrator.db"), Mode = SqliteOpenMode.ReadOnly }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new SqliteCommand("SELECT count(*) FROM leases", connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    /// <inheritdoc />
    public override async Task StartAsync()
    {
        SharedAppliance.Use(Scratch);
        var all = new Dictionary<string, string?>(QuickSettings);
        foreach (var (name, value) in settings ?? new Dictionary<string, string?>())
            all[name] = value;
        _server = ServiceProcess.Start("Cli", "sparsify", Folder.File("serve.log"), all, address =>
            ["serve", "--urls", address.ToString(), "--data", Data, "--domain", $"{Domain}={Storage}", "--slots", slots.ToString(CultureInfo.InvariantCulture), "--policies", PolicyFiles]);
        await _server.ReadyAsync();
        Client = new PlatformClient(new HttpClient { BaseAddress = _server.Address });
    }

    /// <inheritdoc />
    public override async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        if (_server is not null)
            await _server.DisposeAsync();
        Folder.Dispose();
    }
}
