using Sparsify.Contracts;

namespace Sparsify.Api.ReadModel;

/// <summary>The last heartbeat of one host.</summary>
public sealed class HostRow
{
    public string Name { get; init; } = "";

    /// <summary>By this service's clock.</summary>
    public DateTimeOffset ReceivedAt { get; set; }

    /// <summary>A person has taken it out of work.</summary>
    public bool Draining { get; set; }

    public HostHeartbeat Heartbeat { get; set; } = null!;
}
