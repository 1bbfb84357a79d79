using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Sparsify.Chaos.StandIn;

/// <summary>What happened on the disks, for all runs of all hosts: whole lines, each appended at once.</summary>
public static class Records
{
    /// <summary>The folder; the environment variable <c>CHAOS_RECORDS</c>.</summary>
    public static string Folder { get; } = Environment.GetEnvironmentVariable("CHAOS_RECORDS") ?? throw new InvalidOperationException("CHAOS_RECORDS is not set.");

    /// <summary>Notes that something happened, by the machine's monotonic clock, which all processes share.</summary>
    public static void Note(string record, string what)
    {
        var fields = record.Split('|');
        var line = JsonSerializer.Serialize(new { disk = fields[0], job = fields[1], kind = fields[2], what, at = Stopwatch.GetElapsedTime(0).TotalSeconds, process = Environment.ProcessId });
        AppendOnly.Write(Path.Combine(Folder, "records.jsonl"), Encoding.UTF8.GetBytes(line + "\n"));
    }

    /// <summary>How many runs were begun on a disk before, this one not counted; counts it.</summary>
    public static int CountRuns(string disk)
    {
        using var file = new FileStream(Path.Combine(Folder, $"{disk}.count"), FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        var before = (int)file.Position;
        file.WriteByte((byte)'.');
        return before;
    }
}
