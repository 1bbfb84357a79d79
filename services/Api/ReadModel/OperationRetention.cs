using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Sparsify.Messaging;

namespace Sparsify.Api.ReadModel;

/// <summary>Forgets operations that ended long ago.</summary>
internal sealed class OperationRetention(IServiceScopeFactory scopes, TimeProvider time, IOptions<ApiOptions> options, ILogger<OperationRetention> logger)
    : RetentionService<ApiDbContext>("operations", scopes, options.Value.OperationRetention, options.Value.RetentionInterval, time, logger)
{
    protected override async Task<int> ForgetAsync(ApiDbContext db, DateTimeOffset endedBefore, int atMost, CancellationToken cancellationToken)
    {
        var old = await db.Operations.Where(o => o.FinishedAt < endedBefore).OrderBy(o => o.FinishedAt).Select(o => o.Id).Take(atMost).ToListAsync(cancellationToken);
        return old.Count == 0 ? 0 : await db.Operations.Where(o => old.Contains(o.Id)).ExecuteDeleteAsync(cancellationToken);
    }
}
