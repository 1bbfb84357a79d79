using Sparsify.Contracts;
using Sparsify.Orchestrator;
using Sparsify.Orchestrator.Jobs;

namespace Sparsify.Model.Reference;

/// <summary>What must be known of an operation, its lock, its job, and its lease.</summary>
internal sealed class ReferenceOperation(Guid id, SparsifyDiskRequested request, OrchestratorOptions options)
{
    public Guid Id => id;

    public Guid DiskId => request.DiskId;

    public OperationPriority Priority => request.Priority;

    public OperationState State { get; set; }

    public int Revision { get; set; }

    public int Runs { get; set; }

    public int Repairs { get; set; }

    /// <summary>A host has said of a run that it has begun.</summary>
    public bool HasRun { get; set; }

    public bool CancelRequested { get; set; }

    /// <summary>What is wrong now, and how the last run failed.</summary>
    public FailureKind? Error { get; set; }

    public FailureKind? RunError { get; set; }

    /// <summary>Where the disk was when it was locked; null before, and after it was unlocked.</summary>
    public string? Volume { get; set; }

    public string Domain { get; set; } = "";

    public long Generation { get; set; }

    public VolumeJobStatus Job { get; set; } = VolumeJobStatus.Closed;

    public bool JobCancelRequested { get; set; }

    public DateTimeOffset QueuedAt { get; set; }

    /// <summary>When the job may be claimed, at the earliest and at the latest; which it is, is chance.</summary>
    public (DateTimeOffset Earliest, DateTimeOffset Latest) NotBefore { get; set; }

    public DateTimeOffset? NoHostSince { get; set; }

    public HashSet<string> FailedHosts { get; private set; } = [];

    public List<ReferenceAttempt> Attempts { get; private set; } = [];

    public ReferenceLease? Lease { get; set; }

    public HashSet<string> Conflicts { get; private set; } = [];

    public ReferenceAttempt? Latest => Attempts.Count == 0 ? null : Attempts[^1];

    public bool IsWaiting => Job == VolumeJobStatus.Waiting;

    public bool IsOffered => Job is VolumeJobStatus.Waiting or VolumeJobStatus.NeedsRepair;

    /// <summary>It waits, and for some time no host has reached it.</summary>
    public bool WantsHost => IsOffered && NoHostSince is not null;

    public bool RunsLeft => Runs < options.MaximumAttempts;

    public bool RepairsLeft => Repairs < options.MaximumRepairs;

    /// <summary>The attempt is the last one, and the job has not been offered again since.</summary>
    public bool IsCurrent(long generation, int attempt) => generation == Generation && Latest?.Number == attempt && !IsOffered;

    public ReferenceOperation Copy()
    {
        var copy = (ReferenceOperation)MemberwiseClone();
        (copy.FailedHosts, copy.Conflicts) = ([.. FailedHosts], [.. Conflicts]);
        (copy.Attempts, copy.Lease) = ([.. Attempts.Select(a => a.Copy())], Lease?.Copy());
        return copy;
    }
}
