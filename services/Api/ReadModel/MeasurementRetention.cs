using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Sparsify.Messaging;

namespace Sparsify.Api.ReadModel;

/// <summary>Forgets measurements of days long ago.</summary>
internal sealed class MeasurementRetention(IServiceScopeFactory scopes, TimeProvider time, IOptions<ApiOptions> options, ILogger<MeasurementRetention> logger)
    : RetentionService<ApiDbContext>("measurements", scopes, options.Value.MeasurementRetention, options.Value.RetentionInterval, time, logger)
{
    protected override async Task<int> ForgetAsync(ApiDbContext db, DateTimeOffset endedBefore, int atMost, CancellationToken cancellationToken)
    {
        var day = DateOnly.FromDateTime(endedBefore.UtcDateTime);
        // A day has a row of every disk; those of some disks at a time, by their key.
        var disks = await db.Measurements.Where(m => m.Day < day).OrderBy(m => m.Day).Select(m => m.DiskId).Take(atMost).ToListAsync(cancellationToken);
        await db.Measurements.Where(m => disks.Contains(m.DiskId) && m.Day < day).ExecuteDeleteAsync(cancellationToken);
        return disks.Count;
    }
}
