using Sparsify.Contracts;

namespace Sparsify.Orchestrator.Jobs;

/// <summary>The unit of work that a host claims for an operation.</summary>
public sealed class VolumeJob
{
    public Guid OperationId { get; init; }

    public Guid DiskId { get; init; }

    public string StorageDomain { get; init; } = "";

    public string Path { get; init; } = "";

    public VolumeFormat Format { get; init; }

    public bool AllowSnapshots { get; init; }

    public long MinReclaimable { get; init; }

    public bool Force { get; init; }

    public long Generation { get; init; }

    public OperationPriority Priority { get; init; }

    public VolumeJobStatus Status { get; set; }

    /// <summary>The number of the last attempt, from 1; 0 before the first claim.</summary>
    public int Attempt { get; set; }

    public DateTimeOffset QueuedAt { get; init; }

    public DateTimeOffset NotBefore { get; set; }

    /// <summary>Hosts on which an attempt failed.</summary>
    public List<string> FailedHosts { get; set; } = [];

    public bool CancelRequested { get; set; }

    /// <summary>When it was last said that no host reaches the domain.</summary>
    public DateTimeOffset? NoHostSince { get; set; }

    /// <summary>The W3C trace parent of the operation, so that the host's work joins its trace and not that of the claim.</summary>
    public string? TraceParent { get; init; }
}
