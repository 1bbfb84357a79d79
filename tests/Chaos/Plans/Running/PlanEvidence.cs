using Sparsify.Chaos.Disks;
using Sparsify.Chaos.Planning;
using Sparsify.Chaos.Upstream;

namespace Sparsify.Chaos.Running;

/// <summary>Everything that is known after a plan has run and all is quiet.</summary>
public sealed record PlanEvidence
{
    /// <summary>The plan.</summary>
    public required FaultPlan Plan { get; init; }

    /// <summary>The requests that were accepted, or refused by a decision: their ids.</summary>
    public required IReadOnlySet<Guid> Answered { get; init; }

    /// <summary>The disks.</summary>
    public required IReadOnlyDictionary<string, ChaosDisk> Disks { get; init; }

    /// <summary>The Orchestrators' operations of the plan.</summary>
    public required IReadOnlyDictionary<Guid, OperationFacts> Operations { get; init; }

    /// <summary>Their attempts.</summary>
    public required IReadOnlyList<AttemptFacts> Attempts { get; init; }

    /// <summary>What the upstream system heard of them.</summary>
    public required ILookup<Guid, Heard> Heard { get; init; }

    /// <summary>What the runs noted, in order.</summary>
    public required IReadOnlyList<RunRecord> Runs { get; init; }

    /// <summary>Operations that were released by a person's decision, their disk as it was.</summary>
    public required IReadOnlySet<Guid> Released { get; init; }

    /// <summary>What is not quiet after all the waiting; empty when all is.</summary>
    public required IReadOnlyList<string> NotQuiet { get; init; }
}
