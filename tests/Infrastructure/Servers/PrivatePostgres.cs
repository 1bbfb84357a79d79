using System.Globalization;
using CliWrap;
using CliWrap.Buffered;
using Npgsql;
using Sparsify.Testing.Processes;

namespace Sparsify.Testing.Servers;

/// <summary>A PostgreSQL of the installed package on a free loopback port, with everything it writes in a folder of its own.</summary>
internal sealed class PrivatePostgres : IAsyncDisposable
{
    private const string Installation = "/usr/lib/postgresql";
    private const string ServiceUser = "postgres";

    /// <summary>Does not wait for clients to leave. Source: PostgreSQL manual, "Shutting Down the Server".</summary>
    private const string FastShutdown = "INT";
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(1);

    private readonly LifelineProcess _process;
    private readonly TestFolder _folder;

    private PrivatePostgres(LifelineProcess process, TestFolder folder, string connectionString, string version) =>
        (_process, _folder, ConnectionString, Version) = (process, folder, connectionString, version);

    public string ConnectionString { get; }

    public string Version { get; }

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
        var process = LifelineProcess.Start(program, arguments, folder.File("postgres.log"), workingDirectory: folder.Path, stopSignal: FastShutdown);
        var connection = new NpgsqlConnectionStringBuilder { Host = "127.0.0.1", Port = port, Username = "sparsify", Password = password, Database = "postgres" }.ConnectionString;
        await process.WaitUntilAsync(() => AnswersAsync(connection), StartLimit, "PostgreSQL answers");
        return new PrivatePostgres(process, folder, connection, $"postgresql-{Path.GetFileName(installation)}");
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private static (string Program, string[] Arguments) AsServiceUser(string[] command) => Environment.IsPrivilegedProcess
        ? ("setpriv", [$"--reuid={ServiceUser}", $"--regid={ServiceUser}", "--init-groups", .. command])
        : (command[0], command[1..]);

    private static async Task<bool> AnswersAsync(string connectionString)
    {
        try
        {
            await using var connection = new NpgsqlConnection(connectionString);
            await connection.OpenAsync();
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }
}
