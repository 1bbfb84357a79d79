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

    private static void Configure(DbContextOptionsBuilder db, DatabaseOptions options, string schema)
    {
        switch (options.Provider)
        {
            case DatabaseProvider.Postgres:
                if (string.IsNullOrWhiteSpace(options.ConnectionString))
                    throw new InvalidOperationException($"{DatabaseOptions.Section}:ConnectionString is missing. Give the Npgsql connection string, for example in the environment variable Sparsify__Database__ConnectionString.");
                // The schema is the connection's search path: one model and one SQL for both engines.
                db.UseNpgsql(new NpgsqlConnectionStringBuilder(options.ConnectionString) { SearchPath = schema }.ConnectionString);
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
