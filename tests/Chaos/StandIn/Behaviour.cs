using System.Text.Json;

namespace Sparsify.Chaos.StandIn;

/// <summary>What one run does, as the plan says; read from a file beside the records, one line for each run in turn, the last for all that follow.</summary>
public sealed record Behaviour
{
    /// <summary>How long each step takes, in milliseconds.</summary>
    public int StepMilliseconds { get; init; }

    /// <summary>The exit code after the last step.</summary>
    public int ExitCode { get; init; }

    /// <summary>What stands on standard error and in the messages before the end.</summary>
    public string? Complaint { get; init; }

    /// <summary>Lines that are no messages, and messages that make no sense, in between.</summary>
    public bool Garbage { get; init; }

    /// <summary>Never ends by itself, and does not heed SIGINT.</summary>
    public bool Hangs { get; init; }

    /// <summary>Takes no image lock, as on storage where locks do not work: then only leases keep a second writer away.</summary>
    public bool WithoutImageLock { get; init; }

    /// <summary>The first repair of the disk never ends by itself, and does not heed SIGINT.</summary>
    public bool RepairHangs { get; init; }

    /// <summary>The behaviour of the next run on a disk.</summary>
    public static Behaviour Next(string disk) => All(disk) is [_, ..] all ? all[Math.Min(Records.CountRuns(disk), all.Count - 1)] : new Behaviour();

    /// <summary>Whether the next repair of a disk hangs.</summary>
    public static bool NextRepairHangs(string disk) => All(disk).Any(b => b.RepairHangs) && Records.CountRuns($"{disk}.repair") == 0;

    private static IReadOnlyList<Behaviour> All(string disk)
    {
        var file = Path.Combine(Records.Folder, $"{disk}.behaviours");
        return File.Exists(file) ? [.. File.ReadLines(file).Select(line => JsonSerializer.Deserialize<Behaviour>(line)!)] : [];
    }
}
