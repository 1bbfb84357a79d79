using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.EntityFrameworkCore;
using Sparsify.Testing.Servers;
using Xunit;

namespace Sparsify.Messaging.Tests;

/// <summary>A clock that is set back while a connection to the database is opened.</summary>
public sealed class ClockTolerantOpeningTests
{
    [Fact]
    public async Task By_months_it_is_a_database_that_is_away_for_now()
    {
        await using var connection = new ClockSetBack();
        var error = await Assert.ThrowsAsync<TimeoutException>(() => new ClockTolerantOpening().ConnectionOpeningAsync(connection, null!, default).AsTask());
        Assert.True(DatabaseFailures.IsUnavailable(error));
    }

    [Fact]
    public async Task Every_service_on_PostgreSQL_opens_its_connections_so()
    {
        await using var backEnd = await BackEnd.CreateAsync(BackEndKind.Distributed);
        await using var service = await TestService.StartAsync(backEnd);
        var error = await service.WithDatabaseAsync(async (db, _) =>
        {
            db.Database.SetDbConnection(new ClockSetBack());
            return await Assert.ThrowsAnyAsync<Exception>(() => db.BeginWriteAsync(CancellationToken.None));
        });
        Assert.True(DatabaseFailures.IsUnavailable(error), error.ToString());
    }

    /// <summary>Fails as Npgsql 10.0.3 does under libfaketime, where 400 days are left of a limit of 15 s.</summary>
    private sealed class ClockSetBack : DbConnection
    {
        [AllowNull]
        public override string ConnectionString { get; set; } = "";

        public override string Database => "";

        public override string DataSource => "";

        public override string ServerVersion => "";

        public override ConnectionState State => ConnectionState.Closed;

        public override Task OpenAsync(CancellationToken cancellationToken)
        {
            using var limit = new CancellationTokenSource();
            limit.CancelAfter(TimeSpan.FromDays(400));
            return Task.CompletedTask;
        }

        public override void ChangeDatabase(string databaseName) => throw new NotSupportedException();

        public override void Close()
        {
            // It never opened.
        }

        public override void Open() => throw new NotSupportedException();

        protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) => throw new NotSupportedException();

        protected override DbCommand CreateDbCommand() => throw new NotSupportedException();
    }
}
