using Sparsify.Testing.Processes;

namespace Sparsify.Testing.Platforms;

/// <summary>One service in a process of its own, on a loopback port.</summary>
public sealed class ServiceProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);
    private readonly Func<LifelineProcess> _start;
    private LifelineProcess _process;

    private ServiceProcess(Func<LifelineProcess> start, Uri address) => (_start, _process, Address) = (start, start(), address);

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>Everything it wrote so far.</summary>
    public string Log => _process.Log;

    /// <summary>Its process id.</summary>
    public int Id => _process.Id;

    /// <summary>Starts one; <see cref="ReadyAsync"/> waits for it.</summary>
    /// <param name="project">The service's folder.</param>
    /// <param name="assembly">The service's assembly.</param>
    /// <param name="log">The file that takes its output.</param>
    /// <param name="settings">Its configuration, as environment variables.</param>
    /// <param name="arguments">Its arguments, made from its address.</param>
    public static ServiceProcess Start(string project, string assembly, string log, IReadOnlyDictionary<string, string?> settings, Func<Uri, string[]>? arguments = null)
    {
        var address = new Uri($"http://127.0.0.1:{FreePort.Next()}");
        var environment = new Dictionary<string, string?>(settings) { ["ASPNETCORE_URLS"] = address.ToString(), ["DOTNET_ENVIRONMENT"] = "Production", ["OTEL_EXPORTER_OTLP_ENDPOINT"] = settings.GetValueOrDefault("OTEL_EXPORTER_OTLP_ENDPOINT") };
        return new ServiceProcess(() => LifelineProcess.Start("dotnet", [Repository.Assembly(project, assembly), .. arguments?.Invoke(address) ?? []], log, environment), address);
    }

    /// <summary>Waits until it is ready.</summary>
    public async Task ReadyAsync()
    {
        using var http = new HttpClient { BaseAddress = Address };
        await _process.WaitUntilAsync(async () => (await http.GetAsync(new Uri("/healthz/ready", UriKind.Relative))).IsSuccessStatusCode, StartLimit, "the service is ready");
    }

    /// <summary>SIGKILL.</summary>
    public Task KillAsync() => _process.KillAsync();

    /// <summary>Waits for its end, which somebody else brought about.</summary>
    public Task GoneAsync() => _process.GoneAsync();

    /// <summary>SIGTERM, and waits for the end.</summary>
    public Task<int> StopAsync() => _process.StopAsync();

    /// <summary>Starts it again after its end, with the same configuration.</summary>
    public async Task RestartAsync()
    {
        await _process.DisposeAsync();
        _process = _start();
        await ReadyAsync();
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
