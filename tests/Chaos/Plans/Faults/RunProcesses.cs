using System.Globalization;
using Sparsify.Chaos.Fleet;

namespace Sparsify.Chaos.Faults;

/// <summary>Finds the processes of runs by what their environment says.</summary>
public static class RunProcesses
{
    private const string Mark = "SPARSIFY_RUN=";

    /// <summary>A process of a run.</summary>
    /// <param name="Id">Its process id.</param>
    /// <param name="Run">The run's mark.</param>
    /// <param name="Kind">What it is.</param>
    /// <param name="Folder">The folder of the run's files.</param>
    public sealed record Found(int Id, string Run, RunProcess Kind, string Folder);

    /// <summary>All of the fleet that live now.</summary>
    public static IReadOnlyList<Found> Find(ChaosFleet fleet)
    {
        var found = new List<Found>();
        foreach (var folder in Directory.GetDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) || Read(folder, "environ") is not { } environment)
                continue;
            if (environment.FirstOrDefault(v => v.StartsWith(Mark, StringComparison.Ordinal)) is { } mark && environment.Contains($"CHAOS_RECORDS={fleet.Records}"))
                found.Add(new Found(id, mark[Mark.Length..], KindOf(Read(folder, "cmdline") ?? []), FolderOf(fleet, mark[Mark.Length..])));
        }

        return found;
    }

    private static RunProcess KindOf(string[] commandLine) =>
        commandLine.Contains("appliance") ? RunProcess.Appliance
        : commandLine.Contains("lifeline") ? RunProcess.Lifeline
        : RunProcess.Tool;

    private static string FolderOf(ChaosFleet fleet, string run) =>
        fleet.Workers.Select(w => Path.Combine(fleet.ScratchOf(w.Name), "attempts", run)).FirstOrDefault(Directory.Exists) ?? "";

    private static string[]? Read(string folder, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, file)).Split('\0');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
