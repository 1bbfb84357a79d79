using Sparsify.Contracts;
using Sparsify.DiskImages.Measuring;
using Sparsify.HostWorker.Images;
using Sparsify.HostWorker.Volumes;

namespace Sparsify.HostWorker.Measuring;

/// <summary>Measures volumes, and says it in the words of the contracts.</summary>
internal sealed class VolumeMeter(TimeProvider time)
{
    private const int MostRegions = 256;

    /// <summary>Measures a volume now.</summary>
    /// <param name="root">The storage domain's real root: nothing outside is opened.</param>
    /// <param name="path">The leaf volume's real path.</param>
    /// <param name="format">Raw or qcow2.</param>
    /// <exception cref="DiskImages.ImageFormatException">The image is malformed.</exception>
    /// <exception cref="IOException">The storage does not answer.</exception>
    public MeasuredVolume Measure(string root, string path, VolumeFormat format)
    {
        var at = time.GetUtcNow();
        var isInUse = ImageLock.HolderOf(path) is not null;
        var measurement = DiskMeter.Measure(path, format.ToLibrary(), root);
        // What a guest writes meanwhile is not in the figures, and what it has not yet written is.
        return new MeasuredVolume(measurement, Describe(measurement, isInUse, at));
    }

    private static VolumeMeasurement Describe(Measurement measurement, bool live, DateTimeOffset at) => new()
    {
        Reclaimable = measurement.Reclaimable,
        HeldBySnapshots = measurement.HeldBySnapshots,
        Exact = measurement.Exact && !live,
        Live = live,
        MeasuredAt = at,
        Regions = [.. measurement.Regions.Take(MostRegions).Select(Describe)],
    };

    private static MeasuredRegion Describe(Region region) => new()
    {
        Kind = Enum.Parse<MeasuredRegionKind>(region.Kind.ToString()),
        FileSystem = region.FileSystem,
        Label = region.Label,
        Start = region.Start,
        Size = region.Size,
        Used = region.Used,
        Free = region.Free,
        Reclaimable = region.Reclaimable,
        Note = region.Note,
    };
}
