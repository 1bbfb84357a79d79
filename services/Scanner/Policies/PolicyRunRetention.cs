using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Sparsify.Messaging;
using Sparsify.Scanner.Storage;

namespace Sparsify.Scanner.Policies;

/// <summary>Forgets runs that ended long ago.</summary>
internal sealed class PolicyRunRetention(IServiceScopeFactory scopes, TimeProvider time, IOptions<ScannerOptions> options, ILogger<PolicyRunRetention> logger)
    : RetentionService<ScannerDbContext>("runs of policies", scopes, options.Value.PolicyRunRetention, options.Value.RetentionInterval, time, logger)
{
    protected override async Task<int> ForgetAsync(ScannerDbContext db, DateTimeOffset endedBefore, int atMost, CancellationToken cancellationToken)
    {
        var old = await db.PolicyRuns.Where(r => r.EndedAt < endedBefore).OrderBy(r => r.EndedAt).Select(r => r.Id).Take(atMost).ToListAsync(cancellationToken);
        await db.RunDisks.Where(d => old.Contains(d.RunId)).ExecuteDeleteAsync(cancellationToken);
        return await db.PolicyRuns.Where(r => old.Contains(r.Id)).ExecuteDeleteAsync(cancellationToken);
    }
}
