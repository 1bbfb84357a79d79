using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Sparsify.Messaging;

/// <summary>
/// Sends what scopes outside consumers committed, at once, and sweeps up what a crash or an absent broker left.
/// On an in-memory transport it first sends again what was sent before the process ended: those queues died with it.
/// </summary>
internal sealed class OutboxDeliveryService<TDbContext>(
    IServiceScopeFactory scopes, OutboxQueue<TDbContext> queue, OutboxSender<TDbContext> sender, IBusControl bus,
    IOptions<OutboxOptions> options, TimeProvider time, ILogger<OutboxDeliveryService<TDbContext>> logger) : BackgroundService
    where TDbContext : MessagingDbContext
{
    private static readonly TimeSpan ForgetPause = TimeSpan.FromMilliseconds(50);
    private readonly RefusedMessages _refused = new(options, time, logger);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        // Before this process sends anything: only what a former one sent can be lost.
        await TryAsync(ForgetSentMarksAsync, cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await bus.WaitForHealthStatus(BusHealthStatus.Healthy, stoppingToken);
        await Task.WhenAll(SendCommittedAsync(stoppingToken), SweepAsync(stoppingToken), ForgetSentAsync(stoppingToken));
    }

    private async Task SendCommittedAsync(CancellationToken stoppingToken)
    {
        await foreach (var committed in queue.ReadAllAsync(stoppingToken))
            await TryAsync(async (_, ct) => queue.AddSent(await sender.SendAsync(committed, ct)), stoppingToken);
    }

    /// <summary>Takes what was sent out of the table, many rows at once. Those that a crash leaves are sent again, and change nothing.</summary>
    private async Task ForgetSentAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                var sent = await queue.ReadSentAsync(ForgetPause, time, stoppingToken);
                await TryAsync((db, ct) => ForgetAsync(db, sent, ct), stoppingToken);
            }
        }
        finally
        {
            await TryAsync((db, ct) => ForgetAsync(db, queue.TakeSent(), ct), CancellationToken.None);
        }
    }

    private async Task SweepAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.SweepInterval, time);
        do
        {
            await bus.WaitForHealthStatus(BusHealthStatus.Healthy, stoppingToken);
            await TryAsync(SweepOnceAsync, stoppingToken);
            await TryAsync(CleanAsync, stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task SweepOnceAsync(TDbContext db, CancellationToken cancellationToken)
    {
        while (await SweepBatchAsync(db, cancellationToken) == options.Value.SweepBatch)
            logger.LogInformation("Swept {Count} messages out of the outbox; looking for more.", options.Value.SweepBatch);
    }

    private async Task<int> SweepBatchAsync(TDbContext db, CancellationToken cancellationToken)
    {
        var olderThan = time.GetUtcNow() - options.Value.SweepAge;
        await using var transaction = await db.BeginWriteAsync(cancellationToken);
        if (!db.IsSqlite && !await OnlySweeperAsync(db, cancellationToken))
            return 0;
        var waiting = _refused.Waiting;
        var left = await db.Set<OutboxMessage>().AsNoTracking()
            .Where(m => m.SentAt == null && m.CreatedAt < olderThan && !waiting.Contains(m.Id))
            .OrderBy(m => m.Id).Take(options.Value.SweepBatch).ToListAsync(cancellationToken);
        if (left.Count == 0)
            return 0;
        await sender.ForgetAsync(db, await sender.SendLeftoversAsync(left, _refused, cancellationToken), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return left.Count;
    }

    /// <summary>Two sweepers at once would send the same rows twice and out of order.</summary>
    private static async Task<bool> OnlySweeperAsync(TDbContext db, CancellationToken cancellationToken)
    {
        var name = $"outbox-sweeper-{typeof(TDbContext).Name}";
        return await db.Database.SqlQuery<bool>($"SELECT pg_try_advisory_xact_lock(hashtext({name})) AS \"Value\"").SingleAsync(cancellationToken);
    }

    private async Task ForgetAsync(TDbContext db, IReadOnlyList<long> sent, CancellationToken cancellationToken)
    {
        if (sent.Count == 0)
            return;
        using (await WriteGate.EnterAsync(db, cancellationToken))
            await sender.ForgetAsync(db, sent, cancellationToken);
    }

    private async Task ForgetSentMarksAsync(TDbContext db, CancellationToken cancellationToken)
    {
        var resent = time.GetUtcNow() - options.Value.SweepAge - TimeSpan.FromTicks(1);
        using (await WriteGate.EnterAsync(db, cancellationToken))
        {
            var count = await db.Set<OutboxMessage>().Where(m => m.SentAt != null)
                .ExecuteUpdateAsync(m => m.SetProperty(x => x.SentAt, (DateTimeOffset?)null).SetProperty(x => x.CreatedAt, resent), cancellationToken);
            if (count > 0)
                logger.LogInformation("Sending {Count} messages again that an in-memory queue may have lost; repetitions change nothing.", count);
        }
    }

    private async Task CleanAsync(TDbContext db, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var inbox = now - options.Value.InboxRetention;
        var outbox = now - options.Value.ResendWindow;
        using (await WriteGate.EnterAsync(db, cancellationToken))
        {
            await db.Set<InboxEntry>().Where(e => e.ConsumedAt < inbox).ExecuteDeleteAsync(cancellationToken);
            await db.Set<OutboxMessage>().Where(m => m.SentAt < outbox).ExecuteDeleteAsync(cancellationToken);
        }
    }

    private async Task TryAsync(Func<TDbContext, CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await work(scope.ServiceProvider.GetRequiredService<TDbContext>(), cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever it was, the rows are still there and the next sweep meets it again.
            logger.LogWarning(e, "The outbox could not be delivered now; trying again in {Interval}.", options.Value.SweepInterval);
        }
    }
}
