using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Sparsify.Messaging;
using Sparsify.Orchestrator.Storage;

namespace Sparsify.Orchestrator.Operations;

/// <summary>Forgets operations that ended long ago, with their jobs and attempts. A request id that comes again after that is a new request.</summary>
internal sealed class OperationRetention(IServiceScopeFactory scopes, TimeProvider time, IOptions<OrchestratorOptions> options, ILogger<OperationRetention> logger) : BackgroundService
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

    /// <summary>Small transactions, so that nobody waits for one.</summary>
    private async Task<int> ForgetAsync(CancellationToken cancellationToken)
    {
        var endedBefore = time.GetUtcNow() - options.Value.OperationRetention;
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<OrchestratorDbContext>();
        await using var transaction = await db.BeginWriteAsync(cancellationToken);
        var old = await db.Operations.Where(o => o.FinishedAt < endedBefore).OrderBy(o => o.FinishedAt).Select(o => o.CorrelationId).Take(Batch).ToListAsync(cancellationToken);
        if (old.Count == 0)
            return 0;
        await db.JobAttempts.Where(a => old.Contains(a.OperationId)).ExecuteDeleteAsync(cancellationToken);
        await db.VolumeJobs.Where(j => old.Contains(j.OperationId)).ExecuteDeleteAsync(cancellationToken);
        await db.Operations.Where(o => old.Contains(o.CorrelationId)).ExecuteDeleteAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return old.Count;
    }
}
