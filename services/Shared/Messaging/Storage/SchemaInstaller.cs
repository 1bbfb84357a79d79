using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Sparsify.Messaging;

/// <summary>
/// Makes a service's tables when they are not there, and refuses to run on tables of another version. Waits for
/// a database that does not answer yet. Several processes may start at once.
/// </summary>
internal sealed class SchemaInstaller<TDbContext>(
    IServiceScopeFactory scopes, string schema, TimeProvider time, ILogger<SchemaInstaller<TDbContext>> logger) : IHostedService
    where TDbContext : MessagingDbContext
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(2);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await InstallAsync(cancellationToken);
                return;
            }
            catch (Exception e) when (DatabaseFailures.IsUnavailable(e))
            {
                logger.LogWarning("The database of {Schema} does not answer ({Reason}); trying again in {Interval}.", schema, e.GetBaseException().Message, RetryInterval);
                await Task.Delay(RetryInterval, time, cancellationToken);
            }
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task InstallAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TDbContext>();
        var script = db.Database.GenerateCreateScript();
        var fingerprint = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(script)));
        if (db.IsSqlite)
            await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode = WAL", cancellationToken);

        await using var transaction = await db.BeginWriteAsync(cancellationToken);
        if (!db.IsSqlite)
        {
            await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock(hashtext({schema}))", cancellationToken);
#pragma warning disable EF1002 // the schema's name is a constant of the service
            await db.Database.ExecuteSqlRawAsync($"CREATE SCHEMA IF NOT EXISTS {schema}", cancellationToken);
#pragma warning restore EF1002
        }

        await db.Database.ExecuteSqlRawAsync("CREATE TABLE IF NOT EXISTS schema_version (fingerprint text NOT NULL)", cancellationToken);
        var found = await db.Database.SqlQueryRaw<string>("SELECT fingerprint AS \"Value\" FROM schema_version").ToListAsync(cancellationToken);
        if (found.Count == 0)
        {
            await db.GetService<IRelationalDatabaseCreator>().CreateTablesAsync(cancellationToken);
            await db.Database.ExecuteSqlAsync($"INSERT INTO schema_version (fingerprint) VALUES ({fingerprint})", cancellationToken);
            logger.LogInformation("Made the tables of {Schema}.", schema);
        }
        else if (found[0] != fingerprint)
        {
            throw new InvalidOperationException(
                $"The tables of '{schema}' were made by another version of Sparsify.Platform (fingerprint {found[0][..12]}, this version needs {fingerprint[..12]}). Run that version, or give this one an empty database.");
        }

        await transaction.CommitAsync(cancellationToken);
    }
}
