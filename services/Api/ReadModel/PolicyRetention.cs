using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Sparsify.Messaging;

namespace Sparsify.Api.ReadModel;

/// <summary>Forgets runs of policies that ended long ago, and the marks of policies that were removed then.</summary>
internal sealed class PolicyRetention(IServiceScopeFactory scopes, TimeProvider time, IOptions<ApiOptions> options, ILogger<PolicyRetention> logger)
    : RetentionService<ApiDbContext>("runs of policies", scopes, options.Value.PolicyRunRetention, options.Value.RetentionInterval, time, logger)
{
    protected override async Task<int> ForgetAsync(ApiDbContext db, DateTimeOffset endedBefore, int atMost, CancellationToken cancellationToken)
    {
        var runs = await db.PolicyRuns.Where(r => r.EndedAt < endedBefore).OrderBy(r => r.EndedAt).Take(atMost).ExecuteDeleteAsync(cancellationToken);
        var policies = await db.Policies.Where(p => p.RemovedAt < endedBefore).OrderBy(p => p.RemovedAt).Take(atMost).ExecuteDeleteAsync(cancellationToken);
        return Math.Max(runs, policies);
    }
}
