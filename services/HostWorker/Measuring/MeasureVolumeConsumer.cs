using MassTransit;
using Microsoft.Extensions.Options;
using Sparsify.Contracts;
using Sparsify.DiskImages;
using Sparsify.HostWorker.Volumes;

namespace Sparsify.HostWorker.Measuring;

/// <summary>Measures a volume on request, tells who asked, and tells the world.</summary>
internal sealed class MeasureVolumeConsumer(VolumeMeter meter, StorageDomainRoots roots, IOptions<HostWorkerOptions> options) : IConsumer<MeasureVolume>
{
    public async Task Consume(ConsumeContext<MeasureVolume> context)
    {
        var asked = context.Message;
        try
        {
            if (asked.Format == VolumeFormat.Other)
                throw new IOException($"The volume '{asked.Path}' is neither raw nor qcow2.");
            var path = roots.Resolve(asked.StorageDomain, asked.Path);
            var measured = MeasurementReports.Describe(options.Value.Name, asked.StorageDomain, asked.Path, meter.Measure(roots.RootOf(asked.StorageDomain), path, asked.Format));
            await context.Publish(measured);
            if (context.ResponseAddress is not null)
                await context.RespondAsync(measured);
        }
        catch (Exception e) when (e is ImageFormatException or OutsideStorageDomainException or UnreachableStorageException or IOException or UnauthorizedAccessException)
        {
            var refused = new VolumeNotMeasured { Host = options.Value.Name, StorageDomain = asked.StorageDomain, Path = asked.Path, Reason = e.Message };
            await context.Publish(refused);
            if (context.ResponseAddress is not null)
                await context.RespondAsync(refused);
        }
    }
}
