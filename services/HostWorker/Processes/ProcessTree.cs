using System.Globalization;

namespace Sparsify.HostWorker.Processes;

/// <summary>Processes by id and start time, read from /proc: an id alone may have been given to another process. Source: proc(5).</summary>
internal static class ProcessTree
{
    /// <summary>The start time in clock ticks since boot; null when no such process lives.</summary>
    public static long? StartOf(int process) => Stat(process) is { } stat && stat[0] is not "Z" ? long.Parse(stat[19], CultureInfo.InvariantCulture) : null;

    /// <summary>All living descendants.</summary>
    public static IReadOnlyList<int> DescendantsOf(int process)
    {
        var children = All().ToLookup(id => Stat(id) is { } stat ? int.Parse(stat[1], CultureInfo.InvariantCulture) : 0);
        var found = new List<int>();
        var open = new Queue<int>([process]);
        while (open.TryDequeue(out var parent))
        {
            foreach (var child in children[parent])
            {
                found.Add(child);
                open.Enqueue(child);
            }
        }

        return found;
    }

    /// <summary>Kills a process and all its descendants.</summary>
    public static void KillAll(int process)
    {
        foreach (var victim in DescendantsOf(process).Prepend(process))
            Signals.KillNow(victim);
    }

    /// <summary>The program and its arguments; empty when no such process lives.</summary>
    public static IReadOnlyList<string> CommandLineOf(int process) => Read(process, "cmdline").Split('\0');

    /// <summary>All living processes that were started with a variable, <c>NAME=value</c>, in their environment.</summary>
    public static IReadOnlyList<int> WithEnvironment(string variable) =>
        [.. All().Where(process => $"\0{Read(process, "environ")}".Contains($"\0{variable}\0", StringComparison.Ordinal) && StartOf(process) is not null)];

    private static IEnumerable<int> All() => Directory.GetDirectories("/proc").Select(Path.GetFileName)
        .Select(name => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0)
        .Where(id => id > 0);

    /// <summary>The fields of /proc/PID/stat from the state on.</summary>
    private static string[]? Stat(int process)
    {
        // The program's name is in parentheses and may hold anything.
        var text = Read(process, "stat");
        return text.Length == 0 ? null : text[(text.LastIndexOf(')') + 2)..].Split(' ');
    }

    /// <summary>Empty when no such process lives, or it is somebody else's.</summary>
    private static string Read(int process, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/{file}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
