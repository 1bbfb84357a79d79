using Sparsify.Contracts;
using Sparsify.HostWorker.Images;

namespace Sparsify.HostWorker.Volumes;

/// <summary>Looks at the real volume just before a run: the facts that the lock was granted on may be old.</summary>
internal sealed class VolumeCheck(StorageDomainRoots roots)
{
    /// <summary>The volume's real path, and every rule that it breaks now.</summary>
    /// <exception cref="UnreachableStorageException">The storage domain is away.</exception>
    /// <exception cref="FileNotFoundException">The volume is not there.</exception>
    /// <exception cref="IOException">The storage does not answer.</exception>
    public (string Path, IReadOnlyList<Violation> Violations) Examine(SparsifyVolume job)
    {
        var path = roots.Resolve(job.StorageDomain, job.Path);
        var violations = new List<Violation>();
        if (ImageLock.HolderOf(path) is { } holder)
            violations.Add(new Violation(ViolationCodes.VolumeInUse, $"The volume '{job.Path}' is in use: {holder}", "Shut the VM down, or end the tool that uses it."));
        try
        {
            ExamineImage(job, path, violations);
        }
        catch (Exception e) when (e is ImageFormatException or OutsideStorageDomainException)
        {
            violations.Add(new Violation(ViolationCodes.FormatUnsupported, e.Message, "Repair the image; it may have been tampered with."));
        }

        return (path, violations);
    }

    private void ExamineImage(SparsifyVolume job, string path, List<Violation> violations)
    {
        var root = RealPath.Of(roots.All.Single(d => d.Key == job.StorageDomain).Value);
        if (DerivedVolumes.FirstOf(job.StorageDomain, root, path) is { } above)
            violations.Add(new Violation(ViolationCodes.HasDerivedDisks, $"'{Path.GetRelativePath(root, above)}' is based on the volume '{job.Path}'.", "Ask for the disk that is based on it, or merge the two."));
        var chain = ImageChain.Read(job.StorageDomain, root, path, job.Format);
        if (chain.Length > 1 && !job.AllowSnapshots)
            violations.Add(new Violation(ViolationCodes.HasSnapshots, $"The volume '{job.Path}' has {chain.Length - 1} volume(s) below it.", "Merge the snapshots, or ask with allowSnapshots."));
        if (!chain.IsComplete)
            violations.Add(new Violation(ViolationCodes.FormatUnsupported, $"A volume below '{job.Path}' is missing, or its format is not given and would have to be guessed.", "Name the backing file with its format: qemu-img rebase -u -b FILE -F FORMAT."));
        if (chain.Leaf is not { } leaf)
            return;
        if (leaf.Encrypted)
            violations.Add(new Violation(ViolationCodes.Encrypted, $"The image '{job.Path}' is encrypted.", "Trim it from inside the guest."));
        if (leaf.ExternalData)
            violations.Add(new Violation(ViolationCodes.FormatUnsupported, $"The image '{job.Path}' keeps its data in another file.", "Convert it to a plain qcow2 image."));
        if (leaf.InternalSnapshots > 0)
            violations.Add(new Violation(ViolationCodes.FormatUnsupported, $"The image '{job.Path}' holds {leaf.InternalSnapshots} internal snapshot(s): a run would free nothing.", "Delete the internal snapshots."));
        if (leaf.Version == 2 && chain.Length > 1)
            violations.Add(new Violation(ViolationCodes.FormatUnsupported, $"The image '{job.Path}' is qcow2 version 2 with a backing file: a run would free nothing.", "Upgrade it with qemu-img amend -o compat=1.1."));
    }
}
