using Sparsify.Contracts;

namespace Sparsify.Orchestrator.Inventory;

/// <summary>What is known of one storage domain.</summary>
public sealed class StorageDomain
{
    public string Name { get; init; } = "";

    public StorageKind Kind { get; set; }

    public string? FileSystem { get; set; }

    public string? NfsVersion { get; set; }

    public bool NfsUtilsTooOld { get; set; }

    public bool? SupportsDiscard { get; set; }

    public bool? ZeroesAfterUnmap { get; set; }

    public long? Capacity { get; set; }

    public long? Available { get; set; }

    public DateTimeOffset ReportedAt { get; set; }

    public long Revision { get; set; }
}
