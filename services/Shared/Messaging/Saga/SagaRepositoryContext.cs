using MassTransit;
using MassTransit.Context;
using MassTransit.Saga;
using Microsoft.EntityFrameworkCore;

namespace Sparsify.Messaging;

/// <summary>
/// One message's view of the sagas. The row of a saga is locked until the commit, so that messages for one saga wait for each
/// other: were they to race and to be tried again, many at once (a host that repeats its word) would use up the tries of one.
/// The saga's version is a concurrency token all the same.
/// </summary>
internal sealed class SagaRepositoryContext<TSaga, TMessage, TDbContext>(
    TDbContext db, ConsumeContext<TMessage> context, ISagaConsumeContextFactory<TDbContext, TSaga> factory)
    : ConsumeContextScope<TMessage>(context, db), SagaRepositoryContext<TSaga, TMessage>
    where TSaga : class, ISaga
    where TMessage : class
    where TDbContext : MessagingDbContext
{
    private readonly ConsumeContext<TMessage> _context = context;

    public Task<SagaConsumeContext<TSaga, TMessage>> Add(TSaga instance) =>
        factory.CreateSagaConsumeContext(db, _context, instance, SagaConsumeContextMode.Add);

    /// <summary>
    /// No pre-insert: a failed insert ends a PostgreSQL transaction, and with it everything else in it. A second
    /// first message meets the key when it is saved and is tried again on the row that won.
    /// </summary>
    public Task<SagaConsumeContext<TSaga, TMessage>> Insert(TSaga instance) => Task.FromResult<SagaConsumeContext<TSaga, TMessage>>(null!);

    public async Task<SagaConsumeContext<TSaga, TMessage>> Load(Guid correlationId)
    {
        var saga = await db.Set<TSaga>().LockedAsync(db, correlationId, CancellationToken);
        return saga is null ? null! : await factory.CreateSagaConsumeContext(db, _context, saga, SagaConsumeContextMode.Load);
    }

    public async Task Save(SagaConsumeContext<TSaga> context)
    {
        db.Set<TSaga>().Add(context.Saga);
        await SaveVersionedAsync(context.Saga);
    }

    public Task Update(SagaConsumeContext<TSaga> context) => SaveVersionedAsync(context.Saga);

    public async Task Delete(SagaConsumeContext<TSaga> context)
    {
        db.Set<TSaga>().Remove(context.Saga);
        await db.SaveChangesAsync(CancellationToken);
    }

    public Task Discard(SagaConsumeContext<TSaga> context) => Task.CompletedTask;

    public Task Undo(SagaConsumeContext<TSaga> context)
    {
        db.Entry(context.Saga).State = EntityState.Unchanged;
        return Task.CompletedTask;
    }

    public Task<SagaConsumeContext<TSaga, T>> CreateSagaConsumeContext<T>(ConsumeContext<T> consumeContext, TSaga instance, SagaConsumeContextMode mode)
        where T : class =>
        factory.CreateSagaConsumeContext(db, consumeContext, instance, mode);

    private async Task SaveVersionedAsync(TSaga saga)
    {
        if (saga is ISagaVersion versioned)
            versioned.Version++;
        await db.SaveChangesAsync(CancellationToken);
    }
}
