using Sparsify.Contracts;
using Sparsify.DiskImages;
using Sparsify.HostWorker.Volumes;

namespace Sparsify.HostWorker.Images;

/// <summary>
/// Finds the volumes that have another one below them. A volume with such a one must not be written: mounting its file
/// systems alone replays their journals, and what lies above would no longer fit.
/// </summary>
internal static class DerivedVolumes
{
    /// <summary>The first volume in the storage domain whose chain holds the volume; null when it is a leaf.</summary>
    /// <exception cref="IOException">The storage does not answer.</exception>
    public static string? FirstOf(string storageDomain, string root, string volume) =>
        VolumeFiles.In(root)
            .Where(file => file.Format == VolumeFormat.Qcow2 && file.Path != volume)
            .Select(file => file.Path)
            .FirstOrDefault(path => IsAbove(storageDomain, root, path, volume));

    private static bool IsAbove(string storageDomain, string root, string path, string volume)
    {
        try
        {
            return ImageChain.Read(storageDomain, root, path, VolumeFormat.Qcow2).Below.Contains(volume);
        }
        catch (Exception e) when (e is ImageFormatException or OutsideStorageDomainException or FileNotFoundException)
        {
            // An image that nothing can open lies above nothing.
            return false;
        }
    }
}
