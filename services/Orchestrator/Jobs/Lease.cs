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

    /// <summary>The host was given leave to start: from here on only the end of the run, or a repair, ends the lease.</summary>
    public bool Started { get; set; }
}
