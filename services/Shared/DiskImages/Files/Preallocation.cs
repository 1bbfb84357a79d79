namespace Sparsify.DiskImages.Files;

/// <summary>Tells space that was reserved with fallocate(2) from space that was filled.</summary>
public static class Preallocation
{
    /// <summary>
    /// Whether the storage holds blocks for a file that were never written. False also where the file system cannot tell (NFS, tmpfs).
    /// </summary>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static bool AnyIn(string path)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return FileExtents.ByFiemap(file)?.AnyUnwritten ?? false;
    }
}
