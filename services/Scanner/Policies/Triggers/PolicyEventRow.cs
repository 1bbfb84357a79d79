using Sparsify.Contracts;

namespace Sparsify.Scanner.Policies.Triggers;

/// <summary>Something happened to a disk that has its policy take it; waits for the policy's next run.</summary>
public sealed class PolicyEventRow
{
    public Guid PolicyId { get; init; }

    public Guid DiskId { get; init; }

    /// <summary>What happened; null when its reclaimable space grew.</summary>
    public PolicyEvent? Event { get; init; }

    /// <summary>When that was heard, UTC.</summary>
    public DateTimeOffset At { get; init; }
}
