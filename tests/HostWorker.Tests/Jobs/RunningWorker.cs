using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sparsify.Contracts;
using Sparsify.HostWorker.Jobs;
using Sparsify.Messaging;
using Sparsify.Testing.Disks;
using Sparsify.Testing.Processes;

namespace Sparsify.HostWorker.Tests.Jobs;

/// <summary>A whole worker on a bus in memory, with programs that stand in for virt-sparsify and qemu-img, and a hand that answers for the Orchestrator.</summary>
internal sealed class RunningWorker : IAsyncDisposable
{
    /// <summary>Does what a script beside it says, with the volume's path in <c>$disk</c>. Where a file beside it says so, its appliance does not start.</summary>
    private const string VirtSparsify = """
        #!/bin/bash
        disk=${@: -1}
        here=$(dirname "$0")
        case $1 in --version) echo 'stand-in 1.0'; exit ;; --machine-readable) ;; *) echo started >>"$here/runs" ;; esac
        [[ ! -e $here/no-appliance ]] || { echo 'libguestfs: error: guestfs_launch failed' >&2; exit 1; }
        case $1 in --machine-readable) echo in-place; exit ;; esac
        [[ ! -e $here/during ]] || . "$here/during"
        """;

    /// <summary>The real one, unless a file beside the image says that checking it hangs or fails.</summary>
    private const string QemuImg = """
        #!/bin/bash
        image=${@: -1}
        [[ $1 != check || ! -e $image.check-hangs ]] || exec sleep 60
        [[ $1 != check || ! -e $image.check-fails ]] || { echo 'qemu-img: it is broken' >&2; exit 1; }
        PATH=${PATH#*:} exec qemu-img "$@"
        """;

    private static readonly Lazy<Task> QemuImgOnPath = new(PutQemuImgOnPathAsync);
    private readonly IHost _host;
    private Task? _stopped;

    private RunningWorker(TestFolder folder, IHost host) => (Folder, _host) = (folder, host);

    public TestFolder Folder { get; }

    public OrchestratorStandIn.Notes Told => _host.Services.GetRequiredService<OrchestratorStandIn.Notes>();

    public JobRunner Runner => _host.Services.GetRequiredService<JobRunner>();

    public LeaseKeeper Leases => _host.Services.GetRequiredService<LeaseKeeper>();

    public JobJournal Journal => _host.Services.GetRequiredService<JobJournal>();

    /// <summary>How often the stand-in for virt-sparsify was started.</summary>
    public int Runs => File.Exists(Folder.File("runs")) ? File.ReadAllLines(Folder.File("runs")).Length : 0;

    /// <summary>Starts one.</summary>
    /// <param name="settings">Beside those that every worker here has.</param>
    public static async Task<RunningWorker> StartAsync(params (string Name, string Value)[] settings) => await StartAsync(TestFolder.Create("running-worker"), settings);

    /// <summary>Starts one in a folder that is there already.</summary>
    public static async Task<RunningWorker> StartAsync(TestFolder folder, params (string Name, string Value)[] settings)
    {
        await QemuImgOnPath.Value;
        if (!File.Exists(folder.File("virt-sparsify")))
            await ToolAsync(folder.File("virt-sparsify"), VirtSparsify);
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Sparsify:Transport"] = "Memory",
            ["Sparsify:HostWorker:Name"] = "host-a",
            ["Sparsify:HostWorker:Scratch"] = folder.Folder("scratch"),
            [$"Sparsify:HostWorker:Domains:{Worker.Domain}"] = folder.Folder("storage"),
            ["Sparsify:HostWorker:VirtSparsify"] = folder.File("virt-sparsify"),
            ["Sparsify:HostWorker:HeartbeatInterval"] = "00:00:00.5",
            ["Sparsify:HostWorker:DiscoveryInterval"] = "1.00:00:00",
        });
        builder.Configuration.AddInMemoryCollection(settings.Select(s => KeyValuePair.Create($"Sparsify:HostWorker:{s.Name}", (string?)s.Value)));
        builder.Services.AddSingleton(TimeProvider.System).AddSingleton<OrchestratorStandIn.Notes>();
        builder.AddHostWorker();
        builder.AddSparsifyBus(bus =>
        {
            bus.AddHostWorkerConsumers(builder.Configuration);
            bus.AddConsumer<OrchestratorStandIn>();
        });
        var host = builder.Build();
        await host.StartAsync();
        return new RunningWorker(folder, host);
    }

    /// <summary>The path of a file in its storage domain.</summary>
    public string Volume(string name) => Path.Combine(Folder.File("storage"), name);

    /// <summary>Lets every run do something.</summary>
    public Task DuringAsync(string script) => File.WriteAllTextAsync(Folder.File("during"), script);

    public Task MakeQcow2Async(string name) => Tools.RunAsync("qemu-img", "create", "-q", "-f", "qcow2", Volume(name), "4M");

    /// <summary>Gives it an attempt, and waits for what it says of its end.</summary>
    public async Task<object> EndOfAsync(AttemptRecord record, TimeSpan limit)
    {
        Runner.Accept(record);
        return await Told.End.Task.WaitAsync(limit);
    }

    /// <summary>Sends what the Orchestrator would.</summary>
    public Task TellAsync(object message) => _host.Services.GetRequiredService<IBus>().Publish(message);

    /// <summary>Does what a SIGTERM does; once, however often it is asked for.</summary>
    public Task StopAsync() => _stopped ??= StopHostAsync();

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _host.Dispose();
        Folder.Dispose();
    }

    private async Task StopHostAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        await _host.StopAsync(limit.Token);
    }

    private static async Task PutQemuImgOnPathAsync()
    {
        var folder = Directory.CreateTempSubdirectory("sparsify-test-qemu-img-").FullName;
        await ToolAsync(Path.Combine(folder, "qemu-img"), QemuImg);
        Environment.SetEnvironmentVariable("PATH", $"{folder}:{Environment.GetEnvironmentVariable("PATH")}");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
    }

    private static async Task ToolAsync(string path, string script)
    {
        await File.WriteAllTextAsync(path, script);
        await Tools.RunAsync("chmod", "+x", path);
    }
}
