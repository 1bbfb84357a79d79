using Sparsify.Contracts;
using Sparsify.DiskImages.Files;

namespace Sparsify.HostWorker.Volumes;

/// <summary>
/// The volumes in a directory. The format is what the file's name declares, never what its bytes say: those belong to
/// the guest.
/// </summary>
internal static class VolumeFiles
{
    private static readonly Dictionary<string, VolumeFormat> Formats = new(StringComparer.OrdinalIgnoreCase)
    {
        [".raw"] = VolumeFormat.Raw,
        [".img"] = VolumeFormat.Raw,
        [".qcow2"] = VolumeFormat.Qcow2,
        [".vmdk"] = VolumeFormat.Other,
        [".vdi"] = VolumeFormat.Other,
        [".vhd"] = VolumeFormat.Other,
        [".vhdx"] = VolumeFormat.Other,
        [".qed"] = VolumeFormat.Other,
    };

    private static readonly EnumerationOptions Everywhere = new() { RecurseSubdirectories = true, MaxRecursionDepth = 8, AttributesToSkip = FileAttributes.Hidden | FileAttributes.ReparsePoint };

    /// <summary>All volumes below a storage domain's real root.</summary>
    /// <exception cref="IOException">The storage does not answer.</exception>
    public static IEnumerable<(string Path, VolumeFormat Format)> In(string root)
    {
        foreach (var path in Directory.EnumerateFiles(root, "*", Everywhere))
        {
            if (Formats.TryGetValue(Path.GetExtension(path), out var format) && CanHoldImage(path))
                yield return (path, format);
        }
    }

    private static bool CanHoldImage(string path)
    {
        try
        {
            return FileNode.Of(path).CanHoldImage;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
    }
}
