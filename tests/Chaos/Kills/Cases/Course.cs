using System.Globalization;
using System.Text.Json;

namespace Sparsify.Chaos.Kills.Cases;

/// <summary>How an undisturbed run on one of the master disks went, which later ones are aimed by.</summary>
/// <param name="Length">From the start of virt-sparsify to its end.</param>
/// <param name="Parts">Each part's first message, and how long it was until the next one.</param>
/// <param name="AllocatedAfter">Bytes that the storage gave up for the disk after it.</param>
internal sealed record Course(TimeSpan Length, IReadOnlyDictionary<string, TimeSpan> Parts, long AllocatedAfter)
{
    /// <summary>What a run has said so far: texts and their times.</summary>
    public static IReadOnlyList<(string Text, DateTimeOffset At)> Read(string messages)
    {
        var found = new List<(string, DateTimeOffset)>();
        // The last line may not be whole.
        foreach (var line in messages.Split('\n')[..^1].Where(l => l.StartsWith('{')))
        {
            using var json = JsonDocument.Parse(line);
            found.Add((json.RootElement.GetProperty("message").GetString()!, DateTimeOffset.Parse(json.RootElement.GetProperty("timestamp").GetString()!, CultureInfo.InvariantCulture)));
        }

        return found;
    }

    /// <summary>The length of each part.</summary>
    public static IReadOnlyDictionary<string, TimeSpan> PartsOf(string messages)
    {
        var said = Read(messages);
        return said.Zip(said.Skip(1)).ToDictionary(pair => pair.First.Text, pair => pair.Second.At - pair.First.At);
    }
}
