using System.Text.Json;
using CloudNative.CloudEvents;
using CloudNative.CloudEvents.SystemTextJson;
using Sparsify.Contracts;

namespace Sparsify.Scanner.WebHooks;

/// <summary>News of an alert as an event for the world outside.</summary>
/// <param name="Name">The message's name.</param>
/// <param name="Id">The same for the same news, however often it is sent.</param>
/// <param name="DiskId">The disk.</param>
/// <param name="At">When it happened, UTC.</param>
/// <param name="Message">The message.</param>
internal sealed record AlertEvent(string Name, string Id, Guid DiskId, DateTimeOffset At, object Message)
{
    /// <summary>The media type of the body.</summary>
    public const string ContentType = "application/cloudevents+json; charset=utf-8";

    /// <summary>The names of the messages there are.</summary>
    public static readonly string[] Names = [nameof(SparsifyNeeded), nameof(SparsifyNeedCleared)];

    // The message is written as on the broker.
    private static readonly JsonEventFormatter Formatter = new(JsonSerializerOptions.Web, default);

    public static AlertEvent Of(SparsifyNeeded needed) => new(nameof(SparsifyNeeded), $"{needed.AlertId}-{needed.Revision}", needed.DiskId, needed.At, needed);

    public static AlertEvent Of(SparsifyNeedCleared cleared) => new(nameof(SparsifyNeedCleared), $"{cleared.AlertId}-{cleared.Revision}", cleared.DiskId, cleared.ClearedAt, cleared);

    /// <summary>A CloudEvent 1.0 in JSON.</summary>
    /// <param name="source">Which platform it comes from, a URI reference.</param>
    public byte[] Write(string source)
    {
        var written = new CloudEvent(CloudEventsSpecVersion.V1_0)
        {
            Id = Id,
            Source = new Uri(source, UriKind.RelativeOrAbsolute),
            Type = $"sparsify.platform.{Name}.v1",
            Subject = DiskId.ToString(),
            Time = At,
            DataContentType = "application/json",
            Data = Message,
        };
        return Formatter.EncodeStructuredModeMessage(written, out _).ToArray();
    }
}
