using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Sparsify.Messaging;
using Sparsify.Orchestrator.Storage;

namespace Sparsify.Orchestrator.Operations;

/// <summary>Forgets cancels whose request never came.</summary>
internal sealed class EarlyCancelRetention(IServiceScopeFactory scopes, TimeProvider time, IOptions<OrchestratorOptions> options, ILogger<EarlyCancelRetention> logger)
    : RetentionService<OrchestratorDbContext>("cancels of unknown operations", scopes, options.Value.InventoryRetention, options.Value.RetentionInterval, time, logger)
{
    protected override Task<int> ForgetAsync(OrchestratorDbContext db, DateTimeOffset endedBefore, int atMost, CancellationToken cancellationToken) =>
        db.EarlyCancels.Where(c => c.AskedAt < endedBefore).OrderBy(c => c.AskedAt).Take(atMost).ExecuteDeleteAsync(cancellationToken);
}
