using System.Text.Json;

namespace Sparsify.Platform.Tests.Hosting;

/// <summary>Short ways to read answers.</summary>
internal static class JsonReading
{
    public static string? Text(this JsonElement json, string property) => json.GetProperty(property).GetString();

    public static Guid Id(this JsonElement json, string property = "id") => json.GetProperty(property).GetGuid();

    public static bool IsNull(this JsonElement json, string property) => json.GetProperty(property).ValueKind == JsonValueKind.Null;

    public static IEnumerable<string?> Codes(this JsonElement json) => json.GetProperty("violations").EnumerateArray().Select(v => v.Text("code"));
}
