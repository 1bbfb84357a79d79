using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Sparsify.Messaging;

/// <summary>Reads a saga for a change.</summary>
internal static class SagaLock
{
    /// <summary>The saga, its row locked until the transaction ends; null when there is none.</summary>
    public static async Task<TSaga?> LockedAsync<TSaga>(this DbSet<TSaga> sagas, MessagingDbContext db, Guid correlationId, CancellationToken cancellationToken)
        where TSaga : class, ISaga
    {
        // One writer at a time anyway.
        if (db.IsSqlite)
            return await SagaQuery<TSaga>.ById.For(db)(db, correlationId, cancellationToken);
        var table = sagas.EntityType.GetTableName()!;
        var key = sagas.EntityType.FindProperty(nameof(ISaga.CorrelationId))!.GetColumnName(StoreObjectIdentifier.Table(table, sagas.EntityType.GetSchema()))!;
#pragma warning disable EF1002 // names of the model
        var found = await sagas.FromSqlRaw($"SELECT * FROM {table} WHERE {key} = {{0}} FOR UPDATE", correlationId).ToListAsync(cancellationToken);
#pragma warning restore EF1002
        return found.SingleOrDefault();
    }

    private static class SagaQuery<TSaga>
        where TSaga : class, ISaga
    {
        public static readonly KnownQuery<Func<MessagingDbContext, Guid, CancellationToken, Task<TSaga?>>> ById = new(() => EF.CompileAsyncQuery(
            (MessagingDbContext db, Guid correlationId, CancellationToken _) => db.Set<TSaga>().SingleOrDefault(s => s.CorrelationId == correlationId)));
    }
}
