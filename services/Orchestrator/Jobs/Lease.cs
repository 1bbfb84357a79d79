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

    /// <summary>How long the host was told that it holds, from before it asked.</summary>
    public TimeSpan Duration { get; set; }

    /// <summary>Grows with each renewal, so that whoever watches sees that the host lives; see <see cref="LeaseWatch"/>.</summary>
    public int Renewals { get; set; }

    /// <summary>When it ends, by the clock of the replica that renewed it: for people, and never compared with a clock.</summary>
    public DateTimeOffset Until { get; set; }

    /// <summary>The vital bytes are journaled and the host has leave to start: from here on the disk may have been written to.</summary>
    public bool Started { get; set; }
}
