using System.Text.Json;

namespace Sparsify.Chaos.Upstream;

/// <summary>An event that an upstream system has heard.</summary>
/// <param name="Type">The message type's name.</param>
/// <param name="MessageId">The envelope's; the same for a repetition.</param>
/// <param name="Message">What it says.</param>
public sealed record Heard(string Type, Guid MessageId, JsonElement Message);
