using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Sparsify.Messaging;

namespace Sparsify.Api.ReadModel;

/// <summary>Forgets alerts that were cleared long ago.</summary>
internal sealed class AlertRetention(IServiceScopeFactory scopes, TimeProvider time, IOptions<ApiOptions> options, ILogger<AlertRetention> logger)
    : RetentionService<ApiDbContext>("alerts", scopes, options.Value.AlertRetention, options.Value.RetentionInterval, time, logger)
{
    protected override Task<int> ForgetAsync(ApiDbContext db, DateTimeOffset endedBefore, int atMost, CancellationToken cancellationToken) =>
        db.Alerts.Where(a => a.ClearedAt < endedBefore).OrderBy(a => a.ClearedAt).Take(atMost).ExecuteDeleteAsync(cancellationToken);
}
