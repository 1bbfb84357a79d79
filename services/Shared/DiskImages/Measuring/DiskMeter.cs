using Sparsify.DiskImages.Devices;
using Sparsify.DiskImages.Files;
using Sparsify.DiskImages.Images;
using Sparsify.DiskImages.Images.Qcow2;

namespace Sparsify.DiskImages.Measuring;

/// <summary>
/// Measures what <c>virt-sparsify --in-place</c> would give back of a disk, reading nothing but metadata: the free extents of the
/// guest's file systems, cut inward to what the image can free, as far as the storage holds blocks for them.
/// </summary>
public static class DiskMeter
{
    /// <summary>Measures a disk. Nothing is written, and nothing is started.</summary>
    /// <param name="path">The leaf volume's image.</param>
    /// <param name="format">Its format. It is never guessed: a guest may write what looks like another one.</param>
    /// <param name="root">The directory that all images below must lie in, symbolic links followed; by default the image's own.</param>
    /// <returns>The measurement; parts that cannot be seen are opaque regions with a note.</returns>
    /// <exception cref="ImageFormatException">The image itself is malformed; the exception names structure and offset.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    /// <exception cref="IOException">The storage does not answer.</exception>
    public static Measurement Measure(string path, ImageFormat format, string? root = null)
    {
        var real = RealPath.Of(path);
        var realRoot = root is null ? System.IO.Path.GetDirectoryName(real)! : RealPath.Of(root);
        return Measure(new StoredFile(real), path, format, realRoot);
    }

    /// <summary>Measures an image that is already open, and closes it.</summary>
    internal static Measurement Measure(ImageFile file, string name, ImageFormat format, string root)
    {
        var (length, allocated) = (file.Length, file.AllocatedBytes);
        try
        {
            using var image = ImageChain.Open(file, format, root, []);
            var regions = new RegionSurvey(new ApplianceDisk(image)).Regions();
            return Result(name, format, image.VirtualSize, allocated, regions);
        }
        catch (UnmeasurableImageException e)
        {
            var size = format == ImageFormat.Raw ? length : VirtualSizeOf(name, length);
            return Result(name, format, size, allocated, [new Region { Kind = RegionKind.Opaque, Start = 0, Size = size, Reclaimable = 0, Note = e.Message, IsExact = false, Hazard = e.IsEncrypted ? Hazard.Encrypted : Hazard.FormatUnsupported }]);
        }
    }

    private static long VirtualSizeOf(string path, long length) => File.Exists(path) ? Qcow2Header.Read(path).VirtualSize : length;

    private static Measurement Result(string path, ImageFormat format, long size, long allocated, IReadOnlyList<Region> regions)
    {
        var hazard = regions.FirstOrDefault(r => r.Hazard != Hazard.None);
        if (hazard is not null)
            regions = [.. regions.Select(r => r.Reclaimable == 0 ? r : r with { Reclaimable = 0, Note = $"The run fails as a whole because of {hazard.Label ?? hazard.FileSystem ?? "the image"}: none of {r.Reclaimable} bytes comes back. {r.Note}".TrimEnd() })];
        return new Measurement
        {
            Path = path,
            Format = format,
            VirtualSize = size,
            ActualSize = allocated,
            // What overlaps, in an image that somebody tampered with, is still given back only once.
            Reclaimable = Math.Min(allocated, regions.Sum(r => r.Reclaimable)),
            HeldBySnapshots = regions.Sum(r => r.HeldBySnapshots),
            Exact = regions.All(r => r.IsExact),
            Regions = regions,
        };
    }
}
