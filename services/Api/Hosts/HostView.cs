using Sparsify.Contracts;

namespace Sparsify.Api.Hosts;

/// <summary>One host.</summary>
/// <param name="Name">The host's name.</param>
/// <param name="Alive">It has been heard of lately.</param>
/// <param name="Slots">Jobs it runs at once.</param>
/// <param name="RunningJobs">Jobs it ran at its last heartbeat.</param>
/// <param name="StorageDomains">The storage domains it reaches.</param>
/// <param name="Capabilities">What its tools can do.</param>
/// <param name="NotClaimingBecause">Why it takes no work, when it takes none.</param>
/// <param name="Draining">A person has taken it out of work: it gets no more.</param>
/// <param name="LastHeartbeat">When it was last heard of, UTC.</param>
public sealed record HostView(
    string Name, bool Alive, int Slots, int RunningJobs, IReadOnlyList<string> StorageDomains, HostCapabilities Capabilities, string? NotClaimingBecause, bool Draining, DateTimeOffset LastHeartbeat);
