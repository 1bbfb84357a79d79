namespace Sparsify.Orchestrator.Jobs;

/// <summary>The time-limited right of one host to run one attempt; keyed by the disk, so that a second one cannot exist.</summary>
public sealed class Lease
{
    public Guid DiskId { get; init; }

    public Guid OperationId { get; init; }

    public int Attempt { get; init; }

    public long Generation { get; init; }

    public string Host { get; init; } = "";

    public string StorageDomain { get; init; } = "";

    public DateTimeOffset Until { get; set; }

    /// <summary>The vital bytes are journaled and the host has leave to start: from here on the disk may have been written to.</summary>
    public bool Started { get; set; }
}
