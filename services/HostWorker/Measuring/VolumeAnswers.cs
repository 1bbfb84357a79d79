using Microsoft.Extensions.Options;
using Sparsify.Contracts;
using Sparsify.DiskImages;
using Sparsify.DiskImages.Measuring;
using Sparsify.HostWorker.Images;
using Sparsify.HostWorker.Volumes;

namespace Sparsify.HostWorker.Measuring;

/// <summary>Measures a volume that somebody asks for, unless its files are as they were when it was last measured.</summary>
internal sealed class VolumeAnswers(VolumeMeter meter, StorageDomainRoots roots, IOptions<HostWorkerOptions> options, TimeProvider time)
{
    /// <summary>Looks at the volume.</summary>
    /// <returns><see cref="VolumeMeasured"/>, <see cref="VolumeUnchanged"/> or <see cref="VolumeNotMeasured"/>.</returns>
    public object Answer(MeasureVolume asked)
    {
        try
        {
            if (asked.Format == VolumeFormat.Other)
                return NotMeasured(asked, $"The volume '{asked.Path}' is neither raw nor qcow2.");
            var path = roots.Resolve(asked.StorageDomain, asked.Path);
            return Look(asked, roots.RootOf(asked.StorageDomain), path);
        }
        catch (Exception e) when (e is ImageFormatException or OutsideStorageDomainException or UnreachableStorageException or IOException or UnauthorizedAccessException)
        {
            return NotMeasured(asked, e.Message);
        }
    }

    private object Look(MeasureVolume asked, string root, string path)
    {
        var chain = ImageChain.Read(asked.StorageDomain, root, path, asked.Format).Paths;
        // Before the reading: what changes meanwhile makes another stamp.
        var stamp = VolumeStamp.Of(chain);
        if (asked.KnownStamp == stamp)
            return new VolumeUnchanged { Host = options.Value.Name, DiskId = asked.DiskId, StorageDomain = asked.StorageDomain, Path = asked.Path, LookedAt = time.GetUtcNow() };
        var measured = meter.Measure(root, path, asked.Format);
        return new VolumeMeasured
        {
            Host = options.Value.Name,
            DiskId = asked.DiskId,
            StorageDomain = asked.StorageDomain,
            Path = asked.Path,
            VirtualSize = measured.Found.VirtualSize,
            ActualSize = chain.Sum(Allocation.Bytes),
            Encrypted = measured.Found.Hazard == Hazard.Encrypted,
            VolumeGroupIncomplete = measured.Found.Hazard == Hazard.VolumeGroupIncomplete,
            Measurement = measured.Told,
            Stamp = stamp,
        };
    }

    private VolumeNotMeasured NotMeasured(MeasureVolume asked, string reason) =>
        new() { Host = options.Value.Name, DiskId = asked.DiskId, StorageDomain = asked.StorageDomain, Path = asked.Path, Reason = reason, LookedAt = time.GetUtcNow() };
}
