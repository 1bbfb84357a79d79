using Sparsify.Contracts;
using Sparsify.DiskImages;
using Sparsify.DiskImages.Files;
using Sparsify.DiskImages.Images.Qcow2;
using Sparsify.HostWorker.Volumes;

namespace Sparsify.HostWorker.Images;

/// <summary>A leaf and the volumes below it, each inside the storage domain's root.</summary>
/// <param name="Paths">Real paths, the leaf first.</param>
/// <param name="Leaf">The leaf's header; null when it is raw.</param>
/// <param name="Length">Volumes in the chain, as far as the headers tell; more than <paramref name="Paths"/> when one cannot be followed.</param>
/// <param name="Unopened">The real path of a volume below whose format is not given, so that it was not opened.</param>
internal sealed record ImageChain(IReadOnlyList<string> Paths, Qcow2Header? Leaf, int Length, string? Unopened = null)
{
    private const int MaximumLength = 256;

    /// <summary>Every volume is there, and its format is given.</summary>
    public bool IsComplete => Paths.Count == Length;

    /// <summary>The volumes below the leaf, opened or not: none of them may be written.</summary>
    public IEnumerable<string> Below => Unopened is null ? Paths.Skip(1) : Paths.Skip(1).Append(Unopened);

    /// <summary>Follows the chain by its headers, opening nothing outside the root.</summary>
    /// <exception cref="ImageFormatException">A header is malformed, or the chain does not end.</exception>
    /// <exception cref="OutsideStorageDomainException">An image names a file outside the root.</exception>
    public static ImageChain Read(string storageDomain, string root, string leafPath, VolumeFormat format)
    {
        if (format != VolumeFormat.Qcow2)
            return new ImageChain([leafPath], null, 1);
        var leaf = Qcow2Header.Read(leafPath);
        var paths = new List<string> { leafPath };
        var header = leaf;
        while (header.BackingFile is { } name)
        {
            if (paths.Count >= MaximumLength)
                throw new ImageFormatException(leafPath, "the chain", 0, $"it has more than {MaximumLength} volumes, or turns in a circle");
            var below = BackingPath(storageDomain, root, paths[^1], name);
            // A backing file whose format the image does not give would have to be probed: it is counted and not opened.
            if (below is null || header.BackingFormat is null)
                return new ImageChain(paths, leaf, paths.Count + 1, below);
            paths.Add(below);
            if (header.BackingFormat != "qcow2")
                break;
            header = Qcow2Header.Read(below);
        }

        return new ImageChain(paths, leaf, paths.Count);
    }

    private static string? BackingPath(string storageDomain, string root, string image, string name)
    {
        // json:, nbd: and the like are not files of this domain.
        var colon = name.IndexOf(':', StringComparison.Ordinal);
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        if (colon >= 0 && (slash < 0 || colon < slash))
            throw new OutsideStorageDomainException(storageDomain, name);
        try
        {
            return RealPath.Within(root, Path.Combine(Path.GetDirectoryName(image)!, name)) ?? throw new OutsideStorageDomainException(storageDomain, name);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }
}
