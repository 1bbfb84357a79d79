using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Sparsify.Messaging;

/// <summary>Registers a service's database.</summary>
public static class DatabaseRegistration
{
    private const int PreparedStatements = 200;

    // A process that stands still, or vanishes with its host, must not hold what others wait for: half a minute for a
    // connection that nobody answers on, a minute for a transaction in which nothing is asked any more.
    private const string SessionLimits = "-c idle_in_transaction_session_timeout=60000 -c tcp_keepalives_idle=15 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3";

    private static readonly ClockTolerantOpening Opening = new();

    /// <summary>
    /// Registers <typeparamref name="TDbContext"/> on the configured engine in a schema (PostgreSQL) or file (SQLite)
    /// of its own, makes its tables at start, and registers its outbox, the sweeper behind it, and a readiness check.
    /// </summary>
    /// <exception cref="InvalidOperationException">The section <c>Sparsify:Database</c> is incomplete.</exception>
    public static IHostApplicationBuilder AddMessagingDbContext<TDbContext>(this IHostApplicationBuilder builder, string schema)
        where TDbContext : MessagingDbContext
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = builder.Configuration.GetSection(DatabaseOptions.Section).Get<DatabaseOptions>() ?? new DatabaseOptions();
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddDbContext<TDbContext>(db => Configure(db, options, schema));
        services.AddHostedService(provider => ActivatorUtilities.CreateInstance<SchemaInstaller<TDbContext>>(provider, schema));
        services.AddEntityFrameworkOutbox<TDbContext>();
        services.AddHealthChecks().AddCheck<DatabaseHealthCheck<TDbContext>>($"database-{schema}", HealthStatus.Unhealthy, ["ready"]);
        return builder;
    }

    private static string Connection(string given, string schema)
    {
        // The schema is the connection's search path: one model and one SQL for both engines.
        var connection = new NpgsqlConnectionStringBuilder(given) { SearchPath = schema };
        // Few statements, over and over: the server parses and plans each once. Nothing of a session outlives its
        // transaction here, so that there is nothing to reset. Who has a pooler between that cannot do this says 0 and false.
        if (!connection.ShouldSerialize("Max Auto Prepare"))
            connection.MaxAutoPrepare = PreparedStatements;
        if (!connection.ShouldSerialize("No Reset On Close"))
            connection.NoResetOnClose = true;
        if (!connection.ShouldSerialize("Options"))
            connection.Options = SessionLimits;
        return connection.ConnectionString;
    }

    private static void Configure(DbContextOptionsBuilder db, DatabaseOptions options, string schema)
    {
        switch (options.Provider)
        {
            case DatabaseProvider.Postgres:
                if (string.IsNullOrWhiteSpace(options.ConnectionString))
                    throw new InvalidOperationException($"{DatabaseOptions.Section}:ConnectionString is missing. Give the Npgsql connection string, for example in the environment variable Sparsify__Database__ConnectionString.");
                db.UseNpgsql(Connection(options.ConnectionString, schema)).AddInterceptors(Opening);
                break;
            case DatabaseProvider.Sqlite:
                if (string.IsNullOrWhiteSpace(options.Folder))
                    throw new InvalidOperationException($"{DatabaseOptions.Section}:Folder is missing. Give the folder for the SQLite files.");
                Directory.CreateDirectory(options.Folder);
                db.UseSqlite(new SqliteConnectionStringBuilder { DataSource = Path.Combine(options.Folder, $"{schema}.db") }.ConnectionString);
                break;
            default:
                throw new InvalidOperationException($"{DatabaseOptions.Section}:Provider is '{options.Provider}'; it is one of {string.Join(", ", Enum.GetNames<DatabaseProvider>())}.");
        }
    }
}
