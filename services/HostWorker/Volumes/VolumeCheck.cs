using Sparsify.Contracts;
using Sparsify.DiskImages;
using Sparsify.DiskImages.Measuring;
using Sparsify.DiskImages.Vital;
using Sparsify.HostWorker.Images;
using Sparsify.HostWorker.Measuring;
using Sparsify.HostWorker.Repairs;

namespace Sparsify.HostWorker.Volumes;

/// <summary>Looks at the real volume just before a run: the facts that the lock was granted on may be old.</summary>
internal sealed class VolumeCheck(StorageDomainRoots roots, VolumeMeter meter)
{
    private const long MostVitalBytes = 4 << 20;

    /// <summary>Where the volume is, every rule that it breaks now, and what a run would give back; null when that could not be measured.</summary>
    /// <exception cref="UnreachableStorageException">The storage domain is away.</exception>
    /// <exception cref="FileNotFoundException">The volume is not there.</exception>
    /// <exception cref="IOException">The storage does not answer.</exception>
    public (VolumePlace Place, IReadOnlyList<Violation> Violations, MeasuredVolume? Measured) Examine(SparsifyVolume job)
    {
        var place = roots.Find(job.StorageDomain, job.Path);
        var path = place.Path;
        var violations = new List<Violation>();
        if (ImageLock.HolderOf(path) is { } holder)
            violations.Add(new Violation(ViolationCodes.VolumeInUse, $"The volume '{job.Path}' is in use: {holder}", "Shut the VM down, or end the tool that uses it."));
        MeasuredVolume? measured = null;
        try
        {
            var root = roots.RootOf(job.StorageDomain);
            ExamineImage(job, root, path, violations);
            measured = meter.Measure(root, path, job.Format);
            if (Refusal(measured.Found) is { } refusal)
                violations.Add(refusal);
        }
        catch (Exception e) when (e is ImageFormatException or OutsideStorageDomainException)
        {
            violations.Add(new Violation(ViolationCodes.FormatUnsupported, e.Message, "Repair the image; it may have been tampered with."));
        }

        return (place, violations, measured);
    }

    /// <summary>Looks once more, just before something writes: the volume may have been replaced since it was examined, and a VM may have started on it.</summary>
    /// <returns>Why nothing may be written now; null when it may.</returns>
    public OperationError? WhyNotNow(SparsifyVolume job, VolumePlace examined)
    {
        try
        {
            if (roots.Find(job.StorageDomain, job.Path) != examined)
                return new OperationError(FailureKind.StorageUnavailable, $"The volume '{job.Path}' was replaced by another since it was looked at.");
            return ImageLock.HolderOf(examined.Path) is { } holder ? new OperationError(FailureKind.InUse, $"The volume '{job.Path}' is in use by now: {holder}") : null;
        }
        catch (Exception e) when (e is OutsideStorageDomainException or UnreachableStorageException or IOException or UnauthorizedAccessException)
        {
            return new OperationError(FailureKind.StorageUnavailable, e.Message);
        }
    }

    /// <summary>What an interrupted run on the volume could lose.</summary>
    /// <exception cref="ImageFormatException">The image is malformed, or holds more of it than a message may.</exception>
    /// <exception cref="IOException">The storage does not answer.</exception>
    public Contracts.VitalBytes ReadVitalBytes(SparsifyVolume job, string path)
    {
        var vital = VitalReader.Read(path, job.Format.ToLibrary(), roots.RootOf(job.StorageDomain)).ToContract();
        var size = vital.MessageSize();
        return size <= MostVitalBytes
            ? vital
            : throw new ImageFormatException(job.Path, "swap headers and volume group metadata", 0, $"{size} bytes would have to be journaled, and at most {MostVitalBytes} are");
    }

    private static void ExamineImage(SparsifyVolume job, string root, string path, List<Violation> violations)
    {
        if (DerivedVolumes.FirstOf(job.StorageDomain, root, path) is { } above)
            violations.Add(new Violation(ViolationCodes.HasDerivedDisks, $"'{Path.GetRelativePath(root, above)}' is based on the volume '{job.Path}'.", "Ask for the disk that is based on it, or merge the two."));
        var chain = ImageChain.Read(job.StorageDomain, root, path, job.Format);
        if (chain.Length > 1 && !job.AllowSnapshots)
            violations.Add(new Violation(ViolationCodes.HasSnapshots, $"The volume '{job.Path}' has {chain.Length - 1} volume(s) below it.", "Merge the snapshots, or ask with allowSnapshots."));
        if (!chain.IsComplete)
            violations.Add(new Violation(ViolationCodes.FormatUnsupported, $"A volume below '{job.Path}' is missing, or its format is not given and would have to be guessed.", "Name the backing file with its format: qemu-img rebase -u -b FILE -F FORMAT."));
        if (chain.Leaf is not { } leaf)
            return;
        if (leaf.InternalSnapshots > 0)
            violations.Add(new Violation(ViolationCodes.FormatUnsupported, $"The image '{job.Path}' holds {leaf.InternalSnapshots} internal snapshot(s): a run would free nothing.", "Delete the internal snapshots."));
        if (leaf.Version == 2 && chain.Length > 1)
            violations.Add(new Violation(ViolationCodes.FormatUnsupported, $"The image '{job.Path}' is qcow2 version 2 with a backing file: a run would free nothing.", "Upgrade it with qemu-img amend -o compat=1.1."));
    }

    /// <summary>What the measurement found that makes a run fail as a whole.</summary>
    private static Violation? Refusal(Measurement measurement)
    {
        var reason = measurement.Regions.FirstOrDefault(r => r.Hazard != Hazard.None)?.Note ?? "";
        return measurement.Hazard switch
        {
            Hazard.Encrypted => new(ViolationCodes.Encrypted, $"The disk is encrypted, and a run would fail as a whole. {reason}", "Trim it from inside the guest, with discard allowed through the encryption."),
            Hazard.VolumeGroupIncomplete => new(ViolationCodes.VolumeGroupIncomplete, reason, "Trim it from inside the guest, or move the group's extents to one disk (pvmove, vgreduce)."),
            Hazard.FormatUnsupported => new(ViolationCodes.FormatUnsupported, reason, "Repair the image, or convert it to a plain qcow2 or raw one."),
            _ => null,
        };
    }
}
