using System.Globalization;
using System.Net;
using System.Net.Sockets;
using CliWrap;
using CliWrap.Buffered;
using Sparsify.Testing.Processes;

namespace Sparsify.Testing.Servers;

/// <summary>A RabbitMQ of the installed package on free loopback ports, with everything it writes in a folder of its own.</summary>
public sealed class PrivateRabbitMq : IAsyncDisposable
{
    private const string Installation = "/usr/lib/rabbitmq/lib";
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);

    private readonly Func<LifelineProcess> _start;
    private readonly TestFolder _folder;
    private readonly string _nameServerPort;
    private LifelineProcess _process;

    private PrivateRabbitMq(Func<LifelineProcess> start, TestFolder folder, string nameServerPort, Uri address, Uri management, string version) =>
        (_start, _process, _folder, _nameServerPort, Address, Management, Version) = (start, start(), folder, nameServerPort, address, management, version);

    /// <summary>With user and password.</summary>
    public Uri Address { get; }

    /// <summary>The management plugin.</summary>
    public Uri Management { get; }

    /// <summary>The package's.</summary>
    public string Version { get; }

    /// <summary>Starts one, empty, and waits until it answers.</summary>
    /// <exception cref="InvalidOperationException">The package is not installed, or the server ended.</exception>
    public static async Task<PrivateRabbitMq> StartAsync()
    {
        // The one in /usr/sbin changes user and folder.
        var installation = (Directory.Exists(Installation) ? Directory.GetDirectories(Installation, "rabbitmq_server-*") : []).Order().LastOrDefault()
            ?? throw new InvalidOperationException($"There is no RabbitMQ under {Installation}; run deploy/setup test.");
        var folder = TestFolder.Create("rabbitmq");
        var (port, managementPort, distributionPort, nameServerPort) = (FreePort.Next(), FreePort.Next(), FreePort.Next(), FreePort.Next().ToString(CultureInfo.InvariantCulture));
        var password = Guid.NewGuid().ToString("N");
        await File.WriteAllTextAsync(folder.File("enabled_plugins"), "[rabbitmq_management].");
        await File.WriteAllTextAsync(
            folder.File("rabbitmq.conf"),
            $"""
            listeners.tcp.local = 127.0.0.1:{port}
            management.tcp.ip = 127.0.0.1
            management.tcp.port = {managementPort}
            default_user = sparsify
            default_pass = {password}
            default_user_tags.administrator = true
            disk_free_limit.absolute = 200MB
            collect_statistics_interval = 1000
            """);
        var environment = new Dictionary<string, string?>
        {
            ["RABBITMQ_NODENAME"] = $"sparsify-{port}@localhost",
            ["RABBITMQ_NODE_PORT"] = port.ToString(CultureInfo.InvariantCulture),
            ["RABBITMQ_DIST_PORT"] = distributionPort.ToString(CultureInfo.InvariantCulture),
            ["RABBITMQ_MNESIA_BASE"] = folder.File("data"),
            ["RABBITMQ_LOG_BASE"] = folder.File("log"),
            ["RABBITMQ_PID_FILE"] = folder.File("rabbitmq.pid"),
            ["RABBITMQ_ENABLED_PLUGINS_FILE"] = folder.File("enabled_plugins"),
            ["RABBITMQ_CONFIG_FILE"] = folder.File("rabbitmq.conf"),
            ["RABBITMQ_CONF_ENV_FILE"] = folder.File("no-such-file"),
            ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "-kernel inet_dist_use_interface {127,0,0,1}",
            ["ERL_EPMD_PORT"] = nameServerPort,
            ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
            ["HOME"] = folder.Path,
            // Else a script stands between, which is killed in place of the server.
            ["RUNNING_UNDER_SYSTEMD"] = "true",
        };
        var server = new PrivateRabbitMq(
            () => LifelineProcess.Start(Path.Combine(installation, "sbin", "rabbitmq-server"), [], folder.File("rabbitmq.log"), environment),
            folder, nameServerPort, new Uri($"amqp://sparsify:{password}@127.0.0.1:{port}"), new Uri($"http://127.0.0.1:{managementPort}"), Path.GetFileName(installation));
        await server.AnswersAsync();
        return server;
    }

    /// <summary>Ends it, in order or by SIGKILL, and starts it again on what it has stored.</summary>
    /// <param name="kill">By SIGKILL.</param>
    /// <param name="away">How long it stays away.</param>
    public async Task RestartAsync(bool kill, TimeSpan away)
    {
        await (kill ? _process.KillAsync() : _process.StopAsync());
        await _process.DisposeAsync();
        if (await IsListeningAsync())
            throw new InvalidOperationException($"RabbitMQ was ended, and still listens on {Address.Port}.");
        await Task.Delay(away);
        _process = _start();
        await AnswersAsync();
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        // Erlang's name server goes to the background by itself; this one is ours by its port.
        await Cli.Wrap("epmd").WithArguments(["-port", _nameServerPort, "-kill"]).WithValidation(CommandResultValidation.None).ExecuteBufferedAsync();
        _folder.Dispose();
    }

    private async Task<bool> IsListeningAsync()
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, Address.Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private async Task AnswersAsync()
    {
        using var http = new HttpClient(new HttpClientHandler { Credentials = new NetworkCredential(Address.UserInfo.Split(':')[0], Address.UserInfo.Split(':')[1]) });
        await _process.WaitUntilAsync(async () => (await http.GetAsync(new Uri(Management, "/api/health/checks/alarms"))).IsSuccessStatusCode, StartLimit, "RabbitMQ answers");
    }
}
