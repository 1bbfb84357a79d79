using Microsoft.Extensions.Options;
using Sparsify.Contracts;
using Sparsify.DiskImages;
using Sparsify.DiskImages.Files;
using Sparsify.HostWorker.Images;
using Sparsify.HostWorker.Volumes;

namespace Sparsify.HostWorker.Discovery;

/// <summary>Looks through a storage domain for volumes.</summary>
internal sealed class VolumeDiscovery(IOptions<HostWorkerOptions> options, TimeProvider time, ILogger<VolumeDiscovery> logger)
{
    /// <summary>All volumes of a domain, as reports of the disks they are.</summary>
    /// <exception cref="IOException">The storage does not answer.</exception>
    public IReadOnlyList<DiskReported> Look(string storageDomain, string configuredRoot)
    {
        var root = RealPath.Of(configuredRoot);
        var found = new List<(string Path, VolumeFormat Format, ImageChain? Chain)>();
        foreach (var (path, format) in VolumeFiles.In(root))
            found.Add((path, format, ReadChain(storageDomain, root, path, format)));

        // A volume that another one names as its backing file has a disk based on it.
        var derived = found.Where(f => f.Chain is not null).SelectMany(f => f.Chain!.Below).GroupBy(p => p).ToDictionary(g => g.Key, g => g.Count());
        var reports = new List<DiskReported>();
        foreach (var (path, format, chain) in found)
        {
            try
            {
                reports.Add(Describe(storageDomain, root, path, format, chain, derived.GetValueOrDefault(path)));
            }
            catch (Exception e) when (e is FileNotFoundException or IOException)
            {
                logger.LogDebug("'{Path}' went away while it was looked at: {Reason}", path, e.Message);
            }
        }

        return reports;
    }

    private ImageChain? ReadChain(string storageDomain, string root, string path, VolumeFormat format)
    {
        try
        {
            return ImageChain.Read(storageDomain, root, path, format);
        }
        catch (Exception e) when (e is ImageFormatException or OutsideStorageDomainException or IOException or UnauthorizedAccessException)
        {
            logger.LogWarning("The image '{Path}' in storage domain '{StorageDomain}' cannot be read and is reported as unsupported: {Reason}", path, storageDomain, e.Message);
            return null;
        }
    }

    private DiskReported Describe(string storageDomain, string root, string path, VolumeFormat format, ImageChain? chain, int derived)
    {
        var relative = Path.GetRelativePath(root, path);
        var virtualSize = chain?.Leaf?.VirtualSize ?? Allocation.Length(path);
        var allocated = Allocation.Bytes(path);
        return new DiskReported
        {
            DiskId = HostDiskId.Of(storageDomain, relative),
            Name = Path.GetFileName(path),
            StorageDomain = storageDomain,
            Path = relative,
            Format = chain is null ? VolumeFormat.Other : format,
            FormatName = chain is null ? $"unreadable {Path.GetExtension(path).TrimStart('.')}" : format == VolumeFormat.Other ? Path.GetExtension(path).TrimStart('.') : null,
            VirtualSize = virtualSize,
            ActualSize = (chain?.Paths ?? [path]).Sum(Allocation.Bytes),
            ReportedAt = time.GetUtcNow(),
            Source = ReportSource.Host,
            Host = options.Value.Name,
            // A disk that is merely full has no extents that were never written.
            Allocation = virtualSize > 0 && allocated >= virtualSize && Preallocation.AnyIn(path) ? VolumeAllocation.Preallocated : VolumeAllocation.Sparse,
            Kind = DiskKind.Image,
            ChainLength = chain?.Length,
            DerivedDisks = derived,
            InternalSnapshots = chain?.Leaf?.InternalSnapshots,
            Qcow2Version = chain?.Leaf?.Version,
            // That it is not encrypted only a measurement can tell.
            Encrypted = chain?.Leaf?.Encrypted == true ? true : null,
        };
    }
}
