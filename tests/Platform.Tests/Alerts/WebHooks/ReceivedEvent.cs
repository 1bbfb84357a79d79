using System.Text.Json;

namespace Sparsify.Platform.Tests.Alerts.WebHooks;

/// <summary>One request that reached a receiver.</summary>
/// <param name="Id">The header <c>webhook-id</c>.</param>
/// <param name="ContentType">The header.</param>
/// <param name="TraceParent">The header.</param>
/// <param name="Body">The CloudEvent.</param>
/// <param name="At">When it came.</param>
internal sealed record ReceivedEvent(string Id, string? ContentType, string? TraceParent, JsonElement Body, DateTimeOffset At)
{
    public Guid Disk => Body.GetProperty("subject").GetGuid();

    public string Type => Body.GetProperty("type").GetString()!;

    public (Guid Alert, int Revision) News => (Body.GetProperty("data").GetProperty("alertId").GetGuid(), Body.GetProperty("data").GetProperty("revision").GetInt32());
}
