using MassTransit;
using MassTransit.Saga;
using Microsoft.EntityFrameworkCore;

namespace Sparsify.Messaging;

/// <summary>Loads sagas in the consumer's transaction where the outbox has opened one, else in one of its own.</summary>
internal sealed class SagaRepositoryContextFactory<TSaga, TDbContext>(TDbContext db, ISagaConsumeContextFactory<TDbContext, TSaga> consumeContexts)
    : ISagaRepositoryContextFactory<TSaga>, IQuerySagaRepositoryContextFactory<TSaga>, ILoadSagaRepositoryContextFactory<TSaga>
    where TSaga : class, ISaga
    where TDbContext : MessagingDbContext
{
    public Task Send<T>(ConsumeContext<T> context, IPipe<SagaRepositoryContext<TSaga, T>> next)
        where T : class =>
        InTransactionAsync(() => next.Send(new SagaRepositoryContext<TSaga, T, TDbContext>(db, context, consumeContexts)), context.CancellationToken);

    public Task SendQuery<T>(ConsumeContext<T> context, ISagaQuery<TSaga> query, IPipe<SagaRepositoryQueryContext<TSaga, T>> next)
        where T : class =>
        InTransactionAsync(
            async () =>
            {
                var sagas = await db.Set<TSaga>().Where(query.FilterExpression).ToListAsync(context.CancellationToken);
                var repository = new SagaRepositoryContext<TSaga, T, TDbContext>(db, context, consumeContexts);
                await next.Send(new LoadedSagaRepositoryQueryContext<TSaga, T>(repository, sagas));
            },
            context.CancellationToken);

    public Task<T> Execute<T>(Func<QuerySagaRepositoryContext<TSaga>, Task<T>> asyncMethod, CancellationToken cancellationToken = default)
        where T : class =>
        asyncMethod(new SagaReadContext<TSaga, TDbContext>(db, cancellationToken));

    public Task<T> Execute<T>(Func<LoadSagaRepositoryContext<TSaga>, Task<T>> asyncMethod, CancellationToken cancellationToken = default)
        where T : class =>
        asyncMethod(new SagaReadContext<TSaga, TDbContext>(db, cancellationToken));

    public void Probe(ProbeContext context) => context.Add("persistence", "entity-framework");

    private async Task InTransactionAsync(Func<Task> work, CancellationToken cancellationToken)
    {
        if (db.Database.CurrentTransaction is not null)
        {
            await work();
            return;
        }

        await using var transaction = await db.BeginWriteAsync(cancellationToken);
        await work();
        await transaction.CommitAsync(cancellationToken);
    }
}
