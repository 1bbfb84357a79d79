using System.Text.Json.Serialization;

namespace Sparsify.Api.Policies;

/// <summary>How a policy is to be run; everything is optional.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record RunPolicyBody
{
    /// <summary>Who asks, for the run's report.</summary>
    public string? RequestedBy { get; init; }
}
