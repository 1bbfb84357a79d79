namespace Sparsify.Orchestrator.Inventory;

/// <summary>The exclusive right of one operation to a disk; the key makes a second one impossible.</summary>
public sealed class DiskLock
{
    public Guid DiskId { get; init; }

    public Guid OperationId { get; init; }

    public long Generation { get; init; }

    public DateTimeOffset TakenAt { get; init; }
}
