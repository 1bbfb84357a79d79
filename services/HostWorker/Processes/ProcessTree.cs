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
        var children = Directory.GetDirectories("/proc").Select(Path.GetFileName)
            .Select(name => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id => id > 0)
            .ToLookup(id => Stat(id) is { } stat ? int.Parse(stat[1], CultureInfo.InvariantCulture) : 0);
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

    /// <summary>The fields of /proc/PID/stat from the state on.</summary>
    private static string[]? Stat(int process)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{process}/stat");
            // The program's name is in parentheses and may hold anything.
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
