using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Sparsify.Messaging;

/// <summary>Forgets, from time to time and in small transactions, so that nobody waits for one, what ended long ago.</summary>
/// <typeparam name="TDbContext">Where it is kept.</typeparam>
/// <param name="what">What is forgotten, in the plural.</param>
/// <param name="scopes">One for each transaction.</param>
/// <param name="retention">How long something is kept after its end.</param>
/// <param name="interval">How often that is looked for.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Told what was forgotten.</param>
public abstract class RetentionService<TDbContext>(string what, IServiceScopeFactory scopes, TimeSpan retention, TimeSpan interval, TimeProvider time, ILogger logger) : BackgroundService
    where TDbContext : MessagingDbContext
{
    private const int Batch = 500;

    /// <summary>Deletes the oldest, in the transaction that is begun.</summary>
    /// <param name="db">The context.</param>
    /// <param name="endedBefore">What ended later is kept.</param>
    /// <param name="atMost">How many.</param>
    /// <param name="cancellationToken">The service stops.</param>
    /// <returns>How many there were.</returns>
    protected abstract Task<int> ForgetAsync(TDbContext db, DateTimeOffset endedBefore, int atMost, CancellationToken cancellationToken);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                while (await ForgetBatchAsync(stoppingToken) == Batch)
                    logger.LogInformation("Forgot {Count} {What} that ended more than {Retention} ago; looking for more.", Batch, what, retention);
            }
            catch (Exception e) when (DatabaseFailures.IsUnavailable(e) || e is DbUpdateException)
            {
                logger.LogWarning("Old {What} could not be forgotten ({Reason}); trying again in {Interval}.", what, e.GetBaseException().Message, interval);
            }
        }
    }

    private async Task<int> ForgetBatchAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TDbContext>();
        await using var transaction = await db.BeginWriteAsync(cancellationToken);
        var forgotten = await ForgetAsync(db, time.GetUtcNow() - retention, Batch, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return forgotten;
    }
}
