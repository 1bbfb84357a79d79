using Sparsify.Contracts;

namespace Sparsify.Orchestrator.Jobs;

/// <summary>One attempt of a volume job; kept as history.</summary>
public sealed class JobAttempt
{
    public Guid OperationId { get; init; }

    public int Number { get; init; }

    public AttemptKind Kind { get; init; }

    public string Host { get; init; } = "";

    /// <summary>Journaled before virt-sparsify may start; kept until the attempt has ended by itself or the disk is proven sound.</summary>
    public VitalBytes? VitalBytes { get; set; }

    /// <summary>What a repair put back.</summary>
    public List<string> Repairs { get; set; } = [];

    public DateTimeOffset GrantedAt { get; init; }

    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>What became of it, as the state list or the outcome words say.</summary>
    public string? Outcome { get; set; }

    /// <summary>What its host said came of it after it had been ended otherwise; without effect.</summary>
    public string? StaleOutcome { get; set; }

    public FailureKind? ErrorKind { get; set; }

    public string? ErrorMessage { get; set; }
}
