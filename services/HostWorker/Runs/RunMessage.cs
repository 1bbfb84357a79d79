using System.Text.Json;

namespace Sparsify.HostWorker.Runs;

/// <summary>One message of virt-sparsify. Source: guestfs-tools <c>mltools/tools_utils.ml</c>, option <c>--machine-readable</c>.</summary>
/// <param name="Type">message, info, warning or error.</param>
/// <param name="Text">What it says.</param>
internal sealed record RunMessage(string Type, string Text)
{
    /// <summary>Null for a line that is no such message: progress counters and plain text come too.</summary>
    public static RunMessage? Parse(string line)
    {
        if (!line.StartsWith('{'))
            return null;
        try
        {
            using var json = JsonDocument.Parse(line);
            return json.RootElement.TryGetProperty("message", out var text) && json.RootElement.TryGetProperty("type", out var type)
                && text.ValueKind == JsonValueKind.String && type.ValueKind == JsonValueKind.String
                ? new RunMessage(type.GetString()!, text.GetString()!)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
