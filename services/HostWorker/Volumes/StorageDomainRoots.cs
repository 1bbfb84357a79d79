using Microsoft.Extensions.Options;
using Sparsify.DiskImages.Files;

namespace Sparsify.HostWorker.Volumes;

/// <summary>Turns a path from a message into one on this host, never outside its storage domain.</summary>
internal sealed class StorageDomainRoots(IOptions<HostWorkerOptions> options, DomainMounts mounts)
{
    public IEnumerable<KeyValuePair<string, string>> All => options.Value.Domains;

    /// <summary>The domains whose directory is there now, on the mount that it was on.</summary>
    public IReadOnlyList<string> Reachable => [.. options.Value.Domains.Where(d => mounts.WhyAway(d.Key, d.Value) is null).Select(d => d.Key)];

    /// <summary>Why a configured domain cannot be reached now; null when it can.</summary>
    public string? WhyAway(string storageDomain) => mounts.WhyAway(storageDomain, options.Value.Domains[storageDomain]);

    /// <summary>Volumes were seen in a configured domain: from now on it is away when the mount that it is on is.</summary>
    public void NoteSeen(string storageDomain) => mounts.Note(storageDomain, options.Value.Domains[storageDomain]);

    /// <summary>The real path of a configured domain's directory.</summary>
    /// <exception cref="FileNotFoundException">It is away.</exception>
    public string RootOf(string storageDomain) => RealPath.Of(options.Value.Domains[storageDomain]);

    /// <summary>A volume, and what lies at its real path now.</summary>
    /// <inheritdoc cref="Resolve" />
    public VolumePlace Find(string storageDomain, string relativePath)
    {
        var path = Resolve(storageDomain, relativePath);
        return new VolumePlace(path, FileNode.Of(path));
    }

    /// <summary>The real path of a volume, symbolic links resolved.</summary>
    /// <exception cref="UnreachableStorageException">The domain is not configured here or its directory is away.</exception>
    /// <exception cref="OutsideStorageDomainException">The path leads outside the domain's root.</exception>
    /// <exception cref="FileNotFoundException">Nothing is there.</exception>
    public string Resolve(string storageDomain, string relativePath)
    {
        if (!options.Value.Domains.TryGetValue(storageDomain, out var configured))
            throw new UnreachableStorageException($"Storage domain '{storageDomain}' is not configured on this host.");
        if (mounts.WhyAway(storageDomain, configured) is { } away)
            throw new UnreachableStorageException(away);
        if (relativePath.Length == 0 || relativePath.Contains('\0', StringComparison.Ordinal) || Path.IsPathRooted(relativePath)
            || relativePath.Split('/').Any(part => part is "" or "." or ".."))
            throw new OutsideStorageDomainException(storageDomain, relativePath);
        return RealPath.Within(RealPath.Of(configured), Path.Combine(configured, relativePath))
            ?? throw new OutsideStorageDomainException(storageDomain, relativePath);
    }
}
