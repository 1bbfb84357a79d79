using Sparsify.Orchestrator.Inventory;

namespace Sparsify.Orchestrator.Eligibility;

/// <summary>All that the eligibility rules look at.</summary>
/// <param name="Disk">The disk.</param>
/// <param name="StorageDomain">Its storage domain; null when nobody has reported it.</param>
/// <param name="Vms">The VMs it is plugged into.</param>
/// <param name="LockedBy">The operation that holds its lock.</param>
public sealed record DiskFacts(Disk Disk, StorageDomain? StorageDomain, IReadOnlyList<VirtualMachine> Vms, Guid? LockedBy);
