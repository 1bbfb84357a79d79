using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Sparsify.Messaging;
using Sparsify.Orchestrator.Storage;

namespace Sparsify.Orchestrator.Operations;

/// <summary>Forgets operations that ended long ago, with their jobs and attempts. A request id that comes again after that is a new request.</summary>
internal sealed class OperationRetention(IServiceScopeFactory scopes, TimeProvider time, IOptions<OrchestratorOptions> options, ILogger<OperationRetention> logger)
    : RetentionService<OrchestratorDbContext>("operations", scopes, options.Value.OperationRetention, options.Value.RetentionInterval, time, logger)
{
    protected override async Task<int> ForgetAsync(OrchestratorDbContext db, DateTimeOffset endedBefore, int atMost, CancellationToken cancellationToken)
    {
        var old = await db.Operations.Where(o => o.FinishedAt < endedBefore).OrderBy(o => o.FinishedAt).Select(o => o.CorrelationId).Take(atMost).ToListAsync(cancellationToken);
        if (old.Count == 0)
            return 0;
        await db.JobAttempts.Where(a => old.Contains(a.OperationId)).ExecuteDeleteAsync(cancellationToken);
        await db.VolumeJobs.Where(j => old.Contains(j.OperationId)).ExecuteDeleteAsync(cancellationToken);
        return await db.Operations.Where(o => old.Contains(o.CorrelationId)).ExecuteDeleteAsync(cancellationToken);
    }
}
