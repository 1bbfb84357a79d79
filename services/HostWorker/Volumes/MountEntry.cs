using System.Text.RegularExpressions;

namespace Sparsify.HostWorker.Volumes;

/// <summary>The mount that a path lies on. Source: proc_pid_mountinfo(5).</summary>
/// <param name="MountPoint">Where it is mounted.</param>
/// <param name="FileSystem">The file system's name.</param>
/// <param name="Options">The file system's own options.</param>
internal sealed partial record MountEntry(string MountPoint, string FileSystem, string Options)
{
    /// <summary>The NFS version in use; null when it is not NFS.</summary>
    public string? NfsVersion => FileSystem is "nfs" or "nfs4" && Version().Match(Options) is { Success: true } match ? match.Groups[1].Value : null;

    /// <summary>The innermost mount of a real path.</summary>
    public static MountEntry? Of(string realPath) => Find(File.ReadLines("/proc/self/mountinfo"), realPath);

    internal static MountEntry? Find(IEnumerable<string> mountInfo, string realPath)
    {
        MountEntry? best = null;
        foreach (var line in mountInfo)
        {
            var separator = line.IndexOf(" - ", StringComparison.Ordinal);
            if (separator < 0)
                continue;
            var before = line[..separator].Split(' ');
            var after = line[(separator + 3)..].Split(' ');
            var point = Unescape(before[4]);
            var contains = point == "/" || realPath == point || realPath.StartsWith(point + "/", StringComparison.Ordinal);
            // Of mounts on one point the last is on top.
            if (contains && point.Length >= (best?.MountPoint.Length ?? 0))
                best = new MountEntry(point, after[0], after.Length > 2 ? after[2] : "");
        }

        return best;
    }

    private static string Unescape(string text) => Octal().Replace(text, m => ((char)Convert.ToInt32(m.Groups[1].Value, 8)).ToString());

    [GeneratedRegex(@"(?:^|,)vers=([0-9.]+)")]
    private static partial Regex Version();

    [GeneratedRegex(@"\\([0-7]{3})")]
    private static partial Regex Octal();
}
