using System.Collections.Concurrent;
using System.Globalization;
using Sparsify.Contracts;
using Sparsify.HostWorker.Volumes;

namespace Sparsify.HostWorker.Measuring;

/// <summary>Measurements of volumes that have not changed since: discovery looks at all of them again and again.</summary>
internal sealed class MeasurementCache(VolumeMeter meter)
{
    private readonly ConcurrentDictionary<string, (string Stamp, MeasuredVolume Measured)> _known = new(StringComparer.Ordinal);

    /// <summary>The measurement of a volume; the same object as long as none of the chain's files has changed.</summary>
    /// <param name="root">The storage domain's real root.</param>
    /// <param name="chain">The chain's real paths, the leaf first.</param>
    /// <param name="format">The leaf's format.</param>
    /// <exception cref="DiskImages.ImageFormatException">The image is malformed.</exception>
    /// <exception cref="IOException">The storage does not answer.</exception>
    public MeasuredVolume Measure(string root, IReadOnlyList<string> chain, VolumeFormat format)
    {
        var stamp = string.Join('|', chain.Select(Stamp));
        if (_known.TryGetValue(chain[0], out var known) && known.Stamp == stamp)
            return known.Measured;
        var measured = meter.Measure(root, chain[0], format);
        _known[chain[0]] = (stamp, measured);
        return measured;
    }

    /// <summary>Forgets what is no longer there.</summary>
    public void KeepOnly(string root, IEnumerable<string> leaves)
    {
        var there = leaves.ToHashSet(StringComparer.Ordinal);
        foreach (var path in _known.Keys.Where(p => p.StartsWith(root.TrimEnd('/') + "/", StringComparison.Ordinal) && !there.Contains(p)))
            _known.TryRemove(path, out _);
    }

    private static string Stamp(string path) =>
        string.Create(CultureInfo.InvariantCulture, $"{path}:{File.GetLastWriteTimeUtc(path).Ticks}:{Allocation.Length(path)}:{Allocation.Bytes(path)}:{ImageLock.HolderOf(path) is null}");
}
