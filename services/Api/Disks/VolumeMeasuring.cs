using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Sparsify.Api.ReadModel;
using Sparsify.Contracts;
using Sparsify.Messaging;

namespace Sparsify.Api.Disks;

/// <summary>Has a host measure a volume now, for an answer that somebody waits for.</summary>
internal sealed class VolumeMeasuring(ApiDbContext db, IClientFactory clients, IOptions<ApiOptions> options, TimeProvider time, ILogger<VolumeMeasuring> logger)
{
    /// <summary>The figures of now; null when no live host reaches the storage domain, or it does not answer in time.</summary>
    public async Task<VolumeMeasurement?> MeasureAsync(DiskChanged disk, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var hosts = await db.Hosts.AsNoTracking().ToListAsync(cancellationToken);
        if (!hosts.Any(h => h.ReceivedAt + h.Heartbeat.TimeToLive > now && h.Heartbeat.StorageDomains.Contains(disk.StorageDomain)))
            return null;
        var timeout = options.Value.MeasureTimeout;
        try
        {
            var client = clients.CreateRequestClient<MeasureVolume>(EndpointNames.Address(EndpointNames.Measuring(disk.StorageDomain)), RequestTimeout.After(ms: (int)timeout.TotalMilliseconds));
            var answer = await client.GetResponse<VolumeMeasured, VolumeNotMeasured>(new MeasureVolume { DiskId = disk.DiskId, StorageDomain = disk.StorageDomain, Path = disk.Path, Format = disk.Format }, cancellationToken)
                // MassTransit waits for a lost connection whatever its time-out says.
                .WaitAsync(timeout, time, cancellationToken);
            if (answer.Is(out Response<VolumeMeasured>? measured))
                return measured.Message.Measurement;
            if (answer.Is(out Response<VolumeNotMeasured>? refused))
                logger.LogWarning("Host {Host} could not measure disk {DiskId}: {Reason}", refused.Message.Host, disk.DiskId, refused.Message.Reason);
        }
        catch (Exception e) when (e is MassTransitException or TimeoutException)
        {
            logger.LogWarning("No host answered in time with a measurement of disk {DiskId}; the last known figures are given: {Reason}", disk.DiskId, e.Message);
        }

        return null;
    }
}
