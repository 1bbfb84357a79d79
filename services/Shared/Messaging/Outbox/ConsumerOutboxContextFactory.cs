using System.Diagnostics;
using MassTransit;
using MassTransit.Metadata;
using MassTransit.Middleware;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Sparsify.Messaging;

/// <summary>
/// Handles one message in one transaction: the inbox row, what the consumer or saga changes, and what it says.
/// The inbox row is inserted first: a copy of the message that is being handled elsewhere waits for that
/// transaction to end, and one that was handled before changes nothing.
/// </summary>
internal sealed class ConsumerOutboxContextFactory<TDbContext>(
    TDbContext db, OutboxSender<TDbContext> sender, OutboxQueue<TDbContext> queue, TimeProvider time, IServiceProvider services, ILogger<ConsumerOutboxContextFactory<TDbContext>> logger)
    : IOutboxContextFactory<TDbContext>
    where TDbContext : MessagingDbContext
{
    public async Task Send<T>(ConsumeContext<T> context, OutboxConsumeOptions options, IPipe<OutboxConsumeContext<T>> next)
        where T : class
    {
        // A foreign client may send no message id; then only the state decides what a repetition changes.
        var messageId = context.GetOriginalMessageId() ?? NewId.NextGuid();
        var timer = Stopwatch.StartNew();
        IReadOnlyList<OutboxMessage> committed;
        await using (var transaction = await db.BeginWriteAsync(context.CancellationToken))
        {
            var isNew = await EnterInboxAsync(messageId, options.ConsumerId, context.CancellationToken);
            await next.Send(new ConsumerOutboxContext<TDbContext, T>(context, options, services, db, time, messageId, isConsumed: !isNew));
            try
            {
                await db.SaveChangesAsync(context.CancellationToken);
                await transaction.CommitOnlyAsync(context.CancellationToken);
            }
            catch (Exception e)
            {
                // Without this the transport reports a receive fault in place of the consumer's.
                await context.NotifyFaulted(timer.Elapsed, TypeCache<T>.ShortName, e);
                throw;
            }

            committed = db.TakeStaged();
        }

        await DeliverAsync(committed, context.CancellationToken);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("outbox").Add("provider", "entityFrameworkCore");

    private async Task<bool> EnterInboxAsync(Guid messageId, Guid consumerId, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        object consumedAt = db.IsSqlite ? now.UtcTicks : now;
        return await db.Database.ExecuteSqlAsync(
            $"INSERT INTO inbox (message_id, consumer_id, consumed_at) VALUES ({messageId}, {consumerId}, {consumedAt}) ON CONFLICT DO NOTHING",
            cancellationToken) == 1;
    }

    private async Task DeliverAsync(IReadOnlyList<OutboxMessage> committed, CancellationToken cancellationToken)
    {
        if (committed.Count == 0)
            return;
        try
        {
            queue.AddSent(await sender.SendAsync(committed, cancellationToken));
        }
        catch (Exception e)
        {
            // The work is committed: failing now would only have the message handled again. The sweeper sends.
            logger.LogWarning(e, "{Count} messages stay in the outbox for the sweeper: sending them failed.", committed.Count);
        }
    }
}
