using System.Globalization;

namespace Sparsify.Testing.Platforms;

/// <summary><c>sparsify serve</c>.</summary>
public sealed class EmbeddedPlatform(int slots = 1, IReadOnlyDictionary<string, string?>? settings = null) : TestPlatform
{
    private ServiceProcess _server = null!;

    /// <summary>The host worker's scratch folder.</summary>
    public string Scratch => Path.Combine(Folder.Folder("data"), "host");

    /// <inheritdoc />
    public override string Logs => _server.Log;

    /// <inheritdoc />
    public override ServiceProcess Worker(string host) => _server;

    /// <inheritdoc />
    public override async Task StartAsync()
    {
        var data = Folder.Folder("data");
        SharedAppliance.Use(Scratch);
        var all = new Dictionary<string, string?>(QuickSettings);
        foreach (var (name, value) in settings ?? new Dictionary<string, string?>())
            all[name] = value;
        _server = ServiceProcess.Start("Cli", "sparsify", Folder.File("serve.log"), all, address =>
            ["serve", "--urls", address.ToString(), "--data", data, "--domain", $"{Domain}={Storage}", "--slots", slots.ToString(CultureInfo.InvariantCulture)]);
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
