namespace Sparsify.Orchestrator.Inventory;

/// <summary>
/// The exclusive right of one operation to a disk, and to the volume where the disk was when it was locked: a disk can be
/// forgotten, moved, and reported under another id. The keys make a second one impossible.
/// </summary>
public sealed class DiskLock
{
    public Guid DiskId { get; init; }

    public string StorageDomain { get; init; } = "";

    public string Path { get; init; } = "";

    public Guid OperationId { get; init; }

    public long Generation { get; init; }

    public DateTimeOffset TakenAt { get; init; }
}
