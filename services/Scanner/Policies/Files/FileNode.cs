using System.Text.Json.Nodes;

namespace Sparsify.Scanner.Policies.Files;

/// <summary>What a file says, with the line of each field.</summary>
/// <param name="Value">What it says, as JSON.</param>
/// <param name="Lines">The line, from 1, of each field by its path, such as <c>limits.concurrent</c>.</param>
internal sealed record FileNode(JsonNode? Value, IReadOnlyDictionary<string, int> Lines)
{
    /// <summary>The line of a field, or of the nearest part that is there.</summary>
    public int LineOf(string path)
    {
        for (var part = path; part.Length > 0; part = part[..Math.Max(0, part.LastIndexOf('.'))])
        {
            if (Lines.TryGetValue(part, out var line))
                return line;
        }

        return 1;
    }
}
