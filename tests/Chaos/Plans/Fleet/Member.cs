using System.Globalization;
using Sparsify.Testing.Disks;
using Sparsify.Testing.Platforms;
using Sparsify.Testing.Processes;

namespace Sparsify.Chaos.Fleet;

/// <summary>One service of the fleet: its process, its links, its clock.</summary>
public sealed class Member : IAsyncDisposable
{
    private static readonly string FakeClock = Directory.GetDirectories("/usr/lib").Select(d => Path.Combine(d, "faketime", "libfaketime.so.1")).FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException("libfaketime is not installed; run deploy/setup test.");

    private readonly Func<LifelineProcess> _start;
    private readonly string _clock;
    private readonly SemaphoreSlim _gate = new(1);
    private LifelineProcess? _process;
    private bool _frozen;
    private bool _isToRun;
    private int _deaths;

    /// <summary>Describes one; <see cref="StartAsync"/> starts it.</summary>
    public Member(string name, string project, string assembly, TestFolder folder, Link broker, Link? database, IReadOnlyDictionary<string, string?> settings)
    {
        (Name, Broker, Database, LogFile, _clock) = (name, broker, database, folder.File($"{name}.log"), folder.File($"{name}.clock"));
        Address = new Uri($"http://127.0.0.1:{FreePort.Next()}");
        File.WriteAllText(_clock, "+0\n");
        var environment = new Dictionary<string, string?>(settings)
        {
            ["ASPNETCORE_URLS"] = Address.ToString(),
            ["DOTNET_ENVIRONMENT"] = "Production",
            ["DOTNET_TieredPGO"] = "0",
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = null,
            // Its wall clock is a file of ours; the monotonic one is the machine's. Source: faketime(1), libfaketime's README.
            ["LD_PRELOAD"] = FakeClock,
            ["FAKETIME_TIMESTAMP_FILE"] = _clock,
            ["FAKETIME_CACHE_DURATION"] = "1",
            ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
            // Else it converts the deadlines of timed waits wrongly, and the runtime's timers spin.
            ["FAKETIME_FORCE_MONOTONIC_FIX"] = "0",
        };
        _start = () => LifelineProcess.Start("dotnet", [Repository.Assembly(project, assembly)], LogFile, environment);
    }

    /// <summary>Its name; a host worker's is the host's.</summary>
    public string Name { get; }

    /// <summary>Its way to the broker.</summary>
    public Link Broker { get; }

    /// <summary>Its way to the database, where it has one.</summary>
    public Link? Database { get; }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>What it wrote.</summary>
    public string LogFile { get; }

    /// <summary>Its process, while it runs.</summary>
    public int? Process => _process is { HasEnded: false } process ? process.Id : null;

    /// <summary>How often it has ended since the last look though nobody ended it.</summary>
    public async Task<int> TakeDeathsAsync()
    {
        var deaths = 0;
        await AloneAsync(() =>
        {
            NoteDeath();
            (deaths, _deaths) = (_deaths, 0);
            return Task.CompletedTask;
        });
        return deaths;
    }

    /// <summary>Starts it, unless it runs.</summary>
    public Task StartAsync() => AloneAsync(async () =>
    {
        NoteDeath();
        if (_process is { HasEnded: false })
            return;
        if (_process is not null)
            await _process.DisposeAsync();
        (_process, _isToRun) = (_start(), true);
    });

    /// <summary>Waits until it is ready.</summary>
    public async Task ReadyAsync(TimeSpan limit)
    {
        using var http = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(5) };
        await _process!.WaitUntilAsync(async () => (await http.GetAsync(new Uri("/healthz/ready", UriKind.Relative))).IsSuccessStatusCode, limit, $"{Name} is ready");
    }

    /// <summary>SIGKILL.</summary>
    public Task KillAsync() => AloneAsync(async () =>
    {
        NoteDeath();
        if (_process is { HasEnded: false })
            await _process.KillAsync();
        (_frozen, _isToRun) = (false, false);
    });

    /// <summary>SIGTERM, and waits for the end.</summary>
    public Task StopAsync() => AloneAsync(async () =>
    {
        NoteDeath();
        await ThawNowAsync();
        if (_process is { HasEnded: false })
            await _process.StopAsync();
        _isToRun = false;
    });

    /// <summary>SIGSTOP.</summary>
    public Task FreezeAsync() => AloneAsync(async () =>
    {
        if (Process is not { } process)
            return;
        _frozen = true;
        await Tools.RunAsync("kill", "-STOP", process.ToString(CultureInfo.InvariantCulture));
    });

    /// <summary>SIGCONT, where it was frozen.</summary>
    public Task ThawAsync() => AloneAsync(ThawNowAsync);

    /// <summary>Sets its wall clock beside the machine's. It looks at it once a second.</summary>
    public void SetClock(TimeSpan offset) => File.WriteAllText(_clock, string.Create(CultureInfo.InvariantCulture, $"{offset.TotalSeconds:+0;-0;+0}\n"));

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await ThawAsync();
            await _process.DisposeAsync();
        }

        await Broker.DisposeAsync();
        if (Database is not null)
            await Database.DisposeAsync();
        _gate.Dispose();
    }

    private void NoteDeath()
    {
        if (!_isToRun || _process is not { HasEnded: true })
            return;
        _deaths++;
        _isToRun = false;
    }

    private async Task ThawNowAsync()
    {
        if (_frozen && Process is { } process)
            await Tools.RunAsync("kill", "-CONT", process.ToString(CultureInfo.InvariantCulture));
        _frozen = false;
    }

    /// <summary>Faults may meet on one member.</summary>
    private async Task AloneAsync(Func<Task> work)
    {
        await _gate.WaitAsync();
        try
        {
            await work();
        }
        finally
        {
            _gate.Release();
        }
    }
}
