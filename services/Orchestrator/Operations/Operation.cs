using MassTransit;
using Sparsify.Contracts;

namespace Sparsify.Orchestrator.Operations;

/// <summary>The saga of one operation; its id is the request id.</summary>
public sealed class Operation : SagaStateMachineInstance, ISagaVersion
{
    public Guid CorrelationId { get; set; }

    public int Version { get; set; }

    public string State { get; set; } = "";

    /// <summary>Counts the published changes.</summary>
    public int Revision { get; set; }

    public Guid DiskId { get; set; }

    public OperationTrigger Trigger { get; set; }

    public string? RequestedBy { get; set; }

    /// <summary>The policy that chose the disk.</summary>
    public PolicyReference? Policy { get; set; }

    public OperationPriority Priority { get; set; }

    public bool AllowSnapshots { get; set; }

    public long? Generation { get; set; }

    public int Attempt { get; set; }

    /// <summary>Results of attempts up to this one are stale.</summary>
    public int LastClosedAttempt { get; set; }

    /// <summary>Attempts that ran virt-sparsify, or tried to.</summary>
    public int Runs { get; set; }

    /// <summary>Looks at the disk since a run was cut off, or since a person's decision.</summary>
    public int Repairs { get; set; }

    public bool CancelRequested { get; set; }

    public string? Host { get; set; }

    public long MinReclaimable { get; set; }

    public bool Force { get; set; }

    /// <summary>Bytes that the run was to give back.</summary>
    public long? Predicted { get; set; }

    public long? SizeBefore { get; set; }

    public long? SizeAfter { get; set; }

    public RunOutcome? Outcome { get; set; }

    public List<string> Warnings { get; set; } = [];

    public List<Violation> Violations { get; set; } = [];

    public OperationError? Error { get; set; }

    public string? TraceId { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }
}
