using System.Text.RegularExpressions;

namespace Sparsify.HostWorker.Runs;

/// <summary>
/// Which file systems virt-sparsify found and which of them it passed over. It says nothing of the latter but in its
/// trace (<c>-x</c>): <c>list_filesystems</c> names them, a failed <c>mount_options</c> is a file system left as it was.
/// </summary>
internal sealed partial class FileSystemPlan
{
    private const string DaemonError = "guestfsd: error: ";
    private const int LongestReason = 300;

    /// <summary>What the appliance lists and no run works on.</summary>
    private static readonly string[] NoFileSystem = ["swap", "unknown", ""];

    private readonly Lock _gate = new();
    private readonly Dictionary<string, string> _found = [];
    private readonly Dictionary<string, string> _passedOver = [];
    private string? _mounting;
    private string? _lastError;

    /// <summary>A sentence for each file system that was passed over, with the reason.</summary>
    public IReadOnlyList<string> PassedOver
    {
        get
        {
            lock (_gate)
                return [.. _passedOver.Where(f => IsFileSystem(f.Key)).Select(f => $"{f.Key} ({_found.GetValueOrDefault(f.Key)}) was passed over: {f.Value}")];
        }
    }

    /// <summary>Whether it is known why a device was passed over.</summary>
    public bool IsPassedOver(string device)
    {
        lock (_gate)
            return _passedOver.ContainsKey(device) && IsFileSystem(device);
    }

    public void See(string line)
    {
        lock (_gate)
        {
            // One line may hold both: the console's piece may end before its newline, and a trace comes then.
            var (console, call) = RunTrace.Split(line);
            if (console.StartsWith(DaemonError, StringComparison.Ordinal))
                _lastError = console[DaemonError.Length..];
            if (call is not null)
                SeeTrace(call);
        }
    }

    private void SeeTrace(string call)
    {
        if (call.StartsWith("list_filesystems = [", StringComparison.Ordinal))
        {
            var words = Quoted().Matches(call).Select(m => m.Groups[1].Value).ToArray();
            for (var i = 0; i + 1 < words.Length; i += 2)
                _found[words[i]] = words[i + 1];
        }
        else if (call.StartsWith("mount_options \"discard\" ", StringComparison.Ordinal))
        {
            _mounting = Quoted().Matches(call).Select(m => m.Groups[1].Value).ElementAtOrDefault(1);
            _lastError = null;
        }
        else if (call.StartsWith("mount_options = -1", StringComparison.Ordinal) && _mounting is { } device)
        {
            var reason = _lastError ?? "it could not be mounted";
            _passedOver[device] = reason.Length > LongestReason ? reason[..LongestReason] : reason;
        }
    }

    private bool IsFileSystem(string device) => _found.TryGetValue(device, out var type) && !NoFileSystem.Contains(type);

    [GeneratedRegex("\"([^\"]*)\"")]
    private static partial Regex Quoted();
}
