using Microsoft.Extensions.Options;
using Sparsify.DiskImages.Files;

namespace Sparsify.HostWorker.Volumes;

/// <summary>
/// Remembers on which mount each storage domain lay when volumes were last seen there: a mount that is gone leaves an empty
/// directory, and that is a domain that is away, not one without disks.
/// </summary>
internal sealed class DomainMounts(IOptions<HostWorkerOptions> options, ILogger<DomainMounts> logger)
{
    private readonly Lock _gate = new();
    private Dictionary<string, string>? _known;

    private string FilePath => Path.Combine(options.Value.Scratch, "mounts.json");

    /// <summary>Why a storage domain cannot be reached; null when it can.</summary>
    public string? WhyAway(string storageDomain, string directory)
    {
        if (!Directory.Exists(directory))
            return $"The directory '{directory}' of storage domain '{storageDomain}' is not there. Is it mounted?";
        string? point;
        lock (_gate)
            point = Known.GetValueOrDefault(storageDomain);
        var root = RealPath.Of(directory);
        return point is null || (root != point && !root.StartsWith(point + "/", StringComparison.Ordinal)) || MountEntry.Of(root)?.MountPoint.Length >= point.Length
            ? null
            : $"Storage domain '{storageDomain}' lay on what was mounted at '{point}', and nothing is mounted there now. Mount it; or, if its volumes were moved to '{directory}' on purpose, delete '{FilePath}' and start the worker again.";
    }

    /// <summary>Volumes were seen in a storage domain.</summary>
    public void Note(string storageDomain, string directory)
    {
        var point = MountEntry.Of(RealPath.Of(directory))?.MountPoint;
        lock (_gate)
        {
            if (point is null or "/" || Known.GetValueOrDefault(storageDomain) == point)
                return;
            Known[storageDomain] = point;
            Remembered.Write(Known);
        }
    }

    private RememberedFile<Dictionary<string, string>> Remembered => new(FilePath, "a mount that goes away while this worker is restarted would not be noticed", logger);

    private Dictionary<string, string> Known => _known ??= Remembered.Read() ?? [];
}
