using System.Globalization;
using System.Net;
using Sparsify.Api;
using Sparsify.HostWorker;
using Sparsify.Messaging;
using Sparsify.Orchestrator;
using Sparsify.Scanner;
using Sparsify.Scanner.Thresholds;
using Sparsify.ServiceDefaults;

namespace Sparsify.Cli.Serve;

/// <summary>All services in one process: queues in memory, one SQLite file a service, one folder for everything.</summary>
internal static class EmbeddedPlatform
{
    private static readonly string[] LoopbackNames = ["localhost", "127.0.0.1", "[::1]"];

    /// <summary>Composes the process.</summary>
    /// <param name="urls">Where the API listens, separated by semicolons.</param>
    /// <param name="data">The folder for databases, journal and appliance.</param>
    /// <param name="domains">The storage domains: name to absolute directory.</param>
    /// <param name="slots">Disks worked on at once.</param>
    /// <param name="scanEvery">How often each disk is measured at the least; what is not given is taken from the environment.</param>
    /// <param name="policies">The folder whose files give policies; what is not given is taken from the environment.</param>
    /// <param name="thresholds">How much dead space a disk may have; what is not given is taken from the environment.</param>
    public static WebApplication Build(string urls, string data, IReadOnlyDictionary<string, string> domains, int slots, TimeSpan? scanEvery, string? policies, ThresholdOptions thresholds)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(Settings(data, domains, slots, scanEvery, policies, thresholds));
        if (IsLoopback(urls))
            builder.Configuration["AllowedHosts"] = string.Join(';', LoopbackNames); // else a web page could reach it under a name of its own
        builder.WebHost.UseUrls(urls);
        builder.Logging.AddSimpleConsole(o =>
        {
            o.SingleLine = true;
            o.TimestampFormat = "HH:mm:ss ";
        });
        builder.AddServiceDefaults("embedded");
        builder.AddHostWorker();
        builder.AddOrchestrator();
        builder.AddScanner();
        builder.AddApi();
        builder.AddSparsifyBus(bus =>
        {
            bus.AddOrchestratorConsumers();
            bus.AddScannerConsumers();
            bus.AddApiConsumers();
            bus.AddHostWorkerConsumers(builder.Configuration);
        });

        var app = builder.Build();
        app.MapApi();
        app.MapHealth();
        return app;
    }

    private static Dictionary<string, string?> Settings(string data, IReadOnlyDictionary<string, string> domains, int slots, TimeSpan? scanEvery, string? policies, ThresholdOptions thresholds)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Sparsify:Transport"] = nameof(TransportKind.Memory),
            ["Sparsify:Database:Provider"] = nameof(DatabaseProvider.Sqlite),
            ["Sparsify:Database:Folder"] = Path.Combine(data, "db"),
            [$"{HostWorkerOptions.Section}:Scratch"] = Path.Combine(data, "host"),
            [$"{HostWorkerOptions.Section}:Slots"] = slots.ToString(CultureInfo.InvariantCulture),
        };
        foreach (var (name, path) in domains)
            settings[$"{HostWorkerOptions.Section}:Domains:{name}"] = path;
        if (scanEvery is { } period)
            settings[$"{ScannerOptions.Section}:{nameof(ScannerOptions.MeasurePeriod)}"] = period.ToString("c", CultureInfo.InvariantCulture);
        if (policies is not null)
            settings[$"{ScannerOptions.Section}:{nameof(ScannerOptions.PolicyFolder)}"] = policies;
        if (thresholds.Bytes is { } bytes)
            settings[$"{ScannerOptions.Section}:Thresholds:Bytes"] = bytes.ToString(CultureInfo.InvariantCulture);
        if (thresholds.Share is { } share)
            settings[$"{ScannerOptions.Section}:Thresholds:Share"] = share.ToString(CultureInfo.InvariantCulture);
        return settings;
    }

    private static bool IsLoopback(string urls) => urls.Split(';', StringSplitOptions.RemoveEmptyEntries)
        .All(url => Uri.TryCreate(url, UriKind.Absolute, out var uri) && (uri.Host == "localhost" || (IPAddress.TryParse(uri.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address))));
}
