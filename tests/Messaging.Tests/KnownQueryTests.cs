using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Sparsify.Messaging.Tests.Model;
using Xunit;

namespace Sparsify.Messaging.Tests;

/// <summary>Queries that are compiled once.</summary>
public sealed class KnownQueryTests
{
    private static readonly KnownQuery<Func<TestDbContext, Guid, CancellationToken, Task<bool>>> IsKnown = new(() => EF.CompileAsyncQuery(
        (TestDbContext db, Guid id, CancellationToken _) => db.Counters.Any(c => c.CorrelationId == id)));

    [Fact]
    public async Task A_query_is_asked_of_every_model_that_a_process_has_and_compiled_once_for_each()
    {
        await using var connection = new SqliteConnection("Data Source=:memory:");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var one = Context(connection, sharesModel: true);
        await using var same = Context(connection, sharesModel: true);
        await using var other = Context(connection, sharesModel: false);
        await one.Database.EnsureCreatedAsync(TestContext.Current.CancellationToken);
        var counter = one.Counters.Add(new Counter { CorrelationId = Guid.NewGuid() }).Entity;
        await one.SaveChangesAsync(TestContext.Current.CancellationToken);

        Assert.NotSame(one.Model, other.Model);
        foreach (var db in new[] { one, other, same, one })
        {
            Assert.True(await IsKnown.For(db)(db, counter.CorrelationId, TestContext.Current.CancellationToken));
            Assert.False(await IsKnown.For(db)(db, Guid.NewGuid(), TestContext.Current.CancellationToken));
        }

        Assert.Same(IsKnown.For(one), IsKnown.For(same));
        Assert.NotSame(IsKnown.For(one), IsKnown.For(other));
    }

    private static TestDbContext Context(SqliteConnection connection, bool sharesModel) =>
        new(new DbContextOptionsBuilder<TestDbContext>().UseSqlite(connection).EnableServiceProviderCaching(sharesModel).Options);
}
