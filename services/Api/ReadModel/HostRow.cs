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

    /// <summary>The newest request to drain it or put it back; what answers an older one is passed over.</summary>
    public long DrainRevision { get; set; }

    public HostHeartbeat Heartbeat { get; set; } = null!;
}
