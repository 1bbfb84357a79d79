using System.Globalization;
using CliWrap;
using CliWrap.Buffered;
using Npgsql;
using Sparsify.Testing.Processes;

namespace Sparsify.Testing.Servers;

/// <summary>A PostgreSQL of the installed package on a free loopback port, with everything it writes in a folder of its own.</summary>
public sealed class PrivatePostgres : IAsyncDisposable
{
    private const string Installation = "/usr/lib/postgresql";
    private const string ServiceUser = "postgres";

    /// <summary>Does not wait for clients to leave. Source: PostgreSQL manual, "Shutting Down the Server".</summary>
    private const string FastShutdown = "INT";
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(1);

    private readonly Func<LifelineProcess> _start;
    private readonly TestFolder _folder;
    private LifelineProcess _process;

    private PrivatePostgres(Func<LifelineProcess> start, TestFolder folder, string connectionString, string version) =>
        (_start, _process, _folder, ConnectionString, Version) = (start, start(), folder, connectionString, version);

    /// <summary>An Npgsql connection string, as superuser.</summary>
    public string ConnectionString { get; }

    /// <summary>The package's.</summary>
    public string Version { get; }

    /// <summary>Starts one, empty, and waits until it answers.</summary>
    /// <exception cref="InvalidOperationException">The package is not installed, or the server ended.</exception>
    public static async Task<PrivatePostgres> StartAsync()
    {
        var installation = (Directory.Exists(Installation) ? Directory.GetDirectories(Installation) : [])
            .OrderBy(d => int.TryParse(Path.GetFileName(d), CultureInfo.InvariantCulture, out var major) ? major : 0).LastOrDefault()
            ?? throw new InvalidOperationException($"There is no PostgreSQL under {Installation}; run deploy/setup test.");
        var folder = TestFolder.Create("postgres");
        var password = Guid.NewGuid().ToString("N");
        await File.WriteAllTextAsync(folder.File("password"), password);
        // It refuses to run as root.
        if (Environment.IsPrivilegedProcess)
            await Cli.Wrap("chown").WithArguments(["-R", ServiceUser, folder.Path]).ExecuteBufferedAsync();
        var data = folder.File("data");
        string[] initialise = [Path.Combine(installation, "bin", "initdb"), "-D", data, "-U", "sparsify", "-A", "scram-sha-256", "--pwfile", folder.File("password"), "-E", "UTF8", "--no-locale"];
        var (program, arguments) = AsServiceUser(initialise);
        await Cli.Wrap(program).WithArguments(arguments).WithWorkingDirectory(folder.Path).ExecuteBufferedAsync();
        var port = FreePort.Next();
        (program, arguments) = AsServiceUser([
            Path.Combine(installation, "bin", "postgres"), "-D", data, "-k", folder.Path, "-p", port.ToString(CultureInfo.InvariantCulture),
            "-c", "listen_addresses=127.0.0.1", "-c", "max_connections=300",
        ]);
        var connection = new NpgsqlConnectionStringBuilder { Host = "127.0.0.1", Port = port, Username = "sparsify", Password = password, Database = "postgres" }.ConnectionString;
        var server = new PrivatePostgres(
            () => LifelineProcess.Start(program, arguments, folder.File("postgres.log"), workingDirectory: folder.Path, stopSignal: FastShutdown),
            folder, connection, $"postgresql-{Path.GetFileName(installation)}");
        await server.AnswersAsync();
        return server;
    }

    /// <summary>Ends it, in order or as a crash that it recovers from, and starts it again on what it has stored.</summary>
    /// <param name="crash">Without a checkpoint. Source: PostgreSQL manual, "Shutting Down the Server", immediate shutdown.</param>
    /// <param name="away">How long it stays away.</param>
    public async Task RestartAsync(bool crash, TimeSpan away)
    {
        if (crash)
        {
            await Cli.Wrap("kill").WithArguments(["-QUIT", _process.Id.ToString(CultureInfo.InvariantCulture)]).ExecuteAsync();
            await _process.GoneAsync();
        }
        else
        {
            await _process.StopAsync();
        }

        await _process.DisposeAsync();
        await Task.Delay(away);
        _process = _start();
        await AnswersAsync();
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private Task AnswersAsync() => _process.WaitUntilAsync(() => AnswersAsync(ConnectionString), StartLimit, "PostgreSQL answers");

    private static (string Program, string[] Arguments) AsServiceUser(string[] command) => Environment.IsPrivilegedProcess
        ? ("setpriv", [$"--reuid={ServiceUser}", $"--regid={ServiceUser}", "--init-groups", .. command])
        : (command[0], command[1..]);

    private static async Task<bool> AnswersAsync(string connectionString)
    {
        try
        {
            await using var connection = new NpgsqlConnection($"{connectionString};Pooling=false");
            await connection.OpenAsync();
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }
}
