using Sparsify.Contracts;
using Sparsify.DiskImages.Files;
using Sparsify.HostWorker.Volumes;

namespace Sparsify.HostWorker.Discovery;

/// <summary>Finds out what a storage domain's directory lies on and whether it gives space back.</summary>
internal sealed class StorageDomainProbe(TimeProvider time)
{
    /// <exception cref="IOException">The storage does not answer or cannot be written to.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be written to.</exception>
    public StorageDomainReported Probe(string name, string directory, string? host)
    {
        var root = RealPath.Of(directory);
        var mount = MountEntry.Of(root);
        var drive = new DriveInfo(root);
        return new StorageDomainReported
        {
            Name = name,
            Kind = StorageKind.File,
            ReportedAt = time.GetUtcNow(),
            Host = host,
            FileSystem = mount?.FileSystem,
            NfsVersion = mount?.NfsVersion,
            SupportsDiscard = HolePunchProbe.GivesBlocksBack(root),
            Capacity = drive.TotalSize,
            Available = drive.AvailableFreeSpace,
        };
    }
}
