using Sparsify.Contracts;

namespace Sparsify.Orchestrator.Jobs;

/// <summary>One attempt of a volume job; kept as history.</summary>
public sealed class JobAttempt
{
    public Guid OperationId { get; init; }

    public int Number { get; init; }

    public string Host { get; init; } = "";

    public DateTimeOffset GrantedAt { get; init; }

    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>What became of it, as the state list or the outcome words say.</summary>
    public string? Outcome { get; set; }

    public FailureKind? ErrorKind { get; set; }

    public string? ErrorMessage { get; set; }
}
