using System.Globalization;
using Sparsify.HostWorker.Processes;

namespace Sparsify.HostWorker.Runs;

/// <summary>A program under a <see cref="Lifeline"/>, as its lifeline noted it in the run's folder: also a worker's later self finds it there.</summary>
/// <param name="Id">Its process id.</param>
/// <param name="Start">When it started, in clock ticks since boot: tells it from a later process with the same id.</param>
internal sealed record RunProcess(int Id, long Start)
{
    /// <summary>The end of the name of the file that a lifeline writes.</summary>
    public const string FileSuffix = ".pid";

    /// <summary>Whether it still lives.</summary>
    public bool IsAlive => ProcessTree.StartOf(Id) == Start;

    /// <summary>Those that were noted in a run's folder.</summary>
    public static IEnumerable<RunProcess> In(string folder) =>
        Directory.Exists(folder) ? Directory.GetFiles(folder, $"*{FileSuffix}").Select(TryRead).OfType<RunProcess>() : [];

    /// <summary>Null while there is none, or before it is written whole.</summary>
    public static RunProcess? TryRead(string file)
    {
        if (!File.Exists(file) || File.ReadAllText(file) is not { } text || !text.EndsWith('\n') || text.Split(' ', '\n') is not [var id, var start, ""])
            return null;
        return int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var process) && long.TryParse(start, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
            ? new RunProcess(process, at)
            : null;
    }
}
