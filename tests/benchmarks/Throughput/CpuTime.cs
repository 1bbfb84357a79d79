using System.Globalization;

namespace Sparsify.Benchmarks.Throughput;

/// <summary>CPU time that processes have taken, with that of their ended children. Source: proc(5), /proc/PID/stat.</summary>
internal static class CpuTime
{
    private const double TicksPerSecond = 100;

    /// <summary>Seconds of a process alone, and of what it started and has ended since.</summary>
    public static (double Own, double Children) Of(int process)
    {
        var fields = Fields(process);
        return fields is null ? (0, 0) : (Seconds(fields, 11), Seconds(fields, 13));
    }

    /// <summary>Seconds of all living processes below one whose name starts so, their ended children included.</summary>
    public static double Below(int ancestor, string name)
    {
        var all = Directory.GetDirectories("/proc").Select(Path.GetFileName)
            .Where(n => int.TryParse(n, NumberStyles.None, CultureInfo.InvariantCulture, out int _)).Select(n => int.Parse(n!, CultureInfo.InvariantCulture))
            .Select(id => (Id: id, Fields: Fields(id))).Where(p => p.Fields is not null).ToList();
        var parents = all.ToDictionary(p => p.Id, p => int.Parse(p.Fields![1], CultureInfo.InvariantCulture));
        return all.Where(p => NameOf(p.Id).StartsWith(name, StringComparison.Ordinal) && IsBelow(p.Id)).Sum(p => Seconds(p.Fields!, 11) + Seconds(p.Fields!, 13));

        bool IsBelow(int id)
        {
            for (var i = id; parents.TryGetValue(i, out var parent); i = parent)
            {
                if (parent == ancestor)
                    return true;
            }

            return false;
        }
    }

    private static double Seconds(string[] fields, int first) =>
        (long.Parse(fields[first], CultureInfo.InvariantCulture) + long.Parse(fields[first + 1], CultureInfo.InvariantCulture)) / TicksPerSecond;

    private static string NameOf(int process) => TryRead($"/proc/{process}/comm")?.TrimEnd('\n') ?? "";

    /// <summary>From the state on: the name before it may hold anything.</summary>
    private static string[]? Fields(int process) => TryRead($"/proc/{process}/stat") is { } text ? text[(text.LastIndexOf(')') + 2)..].Split(' ') : null;

    private static string? TryRead(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
