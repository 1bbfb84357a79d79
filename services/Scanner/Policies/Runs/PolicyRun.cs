using Sparsify.Contracts;

namespace Sparsify.Scanner.Policies.Runs;

/// <summary>One run of a policy; also one that was left out, so that its reason is told.</summary>
public sealed class PolicyRun
{
    /// <summary>Follows from the policy and the time: the key that lets several Scanners run it once.</summary>
    public Guid Id { get; init; }

    public Guid PolicyId { get; init; }

    public string PolicyName { get; init; } = "";

    /// <summary>Counts the published changes.</summary>
    public int Revision { get; set; }

    /// <summary>What the policy said as the run started: a change holds from the next one on.</summary>
    public Policy Rule { get; init; } = null!;

    public PolicyRunCause Cause { get; init; }

    public string? RequestedBy { get; init; }

    public PolicyRunState State { get; set; }

    public string? Reason { get; set; }

    public DateTimeOffset ScheduledAt { get; init; }

    public DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; set; }

    public int Considered { get; init; }

    public int Chosen { get; init; }

    public int Omitted { get; init; }

    public long Reclaimed { get; set; }
}
