namespace Sparsify.Orchestrator.Inventory;

/// <summary>A disk plugged into a VM, known by its id or by its place.</summary>
public sealed class VmDisk
{
    public long Id { get; private set; }

    public Guid VmId { get; init; }

    public Guid? DiskId { get; init; }

    public string? StorageDomain { get; init; }

    public string? Path { get; init; }
}
