using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Sparsify.Messaging;

namespace Sparsify.Api.ReadModel;

/// <summary>Forgets operations that ended long ago.</summary>
internal sealed class OperationRetention(IServiceScopeFactory scopes, TimeProvider time, IOptions<ApiOptions> options, ILogger<OperationRetention> logger) : BackgroundService
{
    private const int Batch = 500;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.RetentionInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                while (await ForgetAsync(stoppingToken) == Batch)
                    logger.LogInformation("Forgot {Count} operations that ended more than {Retention} ago; looking for more.", Batch, options.Value.OperationRetention);
            }
            catch (Exception e) when (DatabaseFailures.IsUnavailable(e) || e is DbUpdateException)
            {
                logger.LogWarning("Old operations could not be forgotten ({Reason}); trying again in {Interval}.", e.GetBaseException().Message, options.Value.RetentionInterval);
            }
        }
    }

    private async Task<int> ForgetAsync(CancellationToken cancellationToken)
    {
        var endedBefore = time.GetUtcNow() - options.Value.OperationRetention;
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ApiDbContext>();
        await using var transaction = await db.BeginWriteAsync(cancellationToken);
        var old = await db.Operations.Where(o => o.FinishedAt < endedBefore).OrderBy(o => o.FinishedAt).Select(o => o.Id).Take(Batch).ToListAsync(cancellationToken);
        var forgotten = old.Count == 0 ? 0 : await db.Operations.Where(o => old.Contains(o.Id)).ExecuteDeleteAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return forgotten;
    }
}
