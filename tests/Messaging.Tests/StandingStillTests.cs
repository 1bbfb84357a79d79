using Microsoft.EntityFrameworkCore;
using Npgsql;
using Sparsify.Testing.Servers;
using Xunit;

namespace Sparsify.Messaging.Tests;

/// <summary>A process that stands still in the middle of a transaction holds what others wait for.</summary>
public sealed class StandingStillTests
{
    [Fact]
    public async Task The_database_throws_it_out_after_a_minute_and_what_it_did_is_done_again_later()
    {
        await using var backEnd = await BackEnd.CreateAsync(BackEndKind.Distributed);
        await using var service = await TestService.StartAsync(backEnd);
        var thrownOut = await service.WithDatabaseAsync(async (db, _) =>
        {
            Assert.Equal("1min", await SettingAsync(db));
            await using var transaction = await db.Database.BeginTransactionAsync();
            await db.Database.ExecuteSqlAsync($"SET LOCAL idle_in_transaction_session_timeout = 100");
            await Task.Delay(TimeSpan.FromSeconds(1));
            return await Assert.ThrowsAnyAsync<NpgsqlException>(() => SettingAsync(db));
        });
        Assert.True(DatabaseFailures.IsUnavailable(thrownOut), thrownOut.ToString());
    }

    private static Task<string> SettingAsync(DbContext db) =>
        db.Database.SqlQuery<string>($"SELECT current_setting('idle_in_transaction_session_timeout') AS \"Value\"").SingleAsync();
}
