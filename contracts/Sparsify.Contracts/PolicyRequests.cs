namespace Sparsify.Contracts;

/// <summary>Asks the Scanner to keep a policy. Answered by <see cref="PolicyStored"/> or <see cref="PolicyRefused"/>.</summary>
public sealed record StorePolicy
{
    /// <summary>The policy.</summary>
    public required Guid PolicyId { get; init; }

    /// <summary>The revision that is replaced; null makes a new policy.</summary>
    public int? ExpectedRevision { get; init; }

    /// <summary>What it is to say.</summary>
    public required Policy Policy { get; init; }
}

/// <summary>A policy is kept.</summary>
public sealed record PolicyStored
{
    /// <summary>The policy as it is now.</summary>
    public required PolicyChanged Policy { get; init; }
}

/// <summary>Asks the Scanner to forget a policy. Answered by <see cref="PolicyRemoved"/> or <see cref="PolicyRefused"/>.</summary>
public sealed record RemovePolicy
{
    /// <summary>The policy.</summary>
    public required Guid PolicyId { get; init; }

    /// <summary>The revision that is meant.</summary>
    public required int ExpectedRevision { get; init; }
}

/// <summary>A policy is gone; a run that goes on starts nothing more.</summary>
public sealed record PolicyRemoved
{
    /// <summary>The policy as it was.</summary>
    public required PolicyChanged Policy { get; init; }
}

/// <summary>Asks the Scanner which disks a policy would take now. Answered by <see cref="PolicyPreviewed"/> or <see cref="PolicyRefused"/>.</summary>
public sealed record PreviewPolicy
{
    /// <summary>The policy.</summary>
    public required Guid PolicyId { get; init; }
}

/// <summary>Which disks a policy would take now.</summary>
public sealed record PolicyPreviewed
{
    /// <summary>Disks that the selector fits.</summary>
    public required int Considered { get; init; }

    /// <summary>Disks that would be chosen.</summary>
    public required int Chosen { get; init; }

    /// <summary>Bytes that these would give back.</summary>
    public required long Reclaimable { get; init; }

    /// <summary>Operations may start now.</summary>
    public required bool WindowOpen { get; init; }

    /// <summary>When it runs next by the clock, UTC; absent when it does not.</summary>
    public DateTimeOffset? NextRunAt { get; init; }

    /// <summary>The disks: those that would be chosen in their order, then the others.</summary>
    public required IReadOnlyList<PolicyRunDisk> Disks { get; init; }

    /// <summary>Considered disks that are not listed.</summary>
    public required int Omitted { get; init; }
}

/// <summary>Asks the Scanner to run a policy now. Answered by <see cref="PolicyRunStarted"/> or <see cref="PolicyRefused"/>.</summary>
public sealed record RunPolicy
{
    /// <summary>The policy.</summary>
    public required Guid PolicyId { get; init; }

    /// <summary>Who asks, for the run's report; free text.</summary>
    public string? RequestedBy { get; init; }
}

/// <summary>A run has begun, or is over at once because nothing could be chosen.</summary>
public sealed record PolicyRunStarted
{
    /// <summary>The run.</summary>
    public required PolicyRunChanged Run { get; init; }
}

/// <summary>What was asked for a policy is not done.</summary>
public sealed record PolicyRefused
{
    /// <summary>Stable code, one of <see cref="PolicyRefusals"/>.</summary>
    public required string Code { get; init; }

    /// <summary>A sentence for people.</summary>
    public required string Message { get; init; }

    /// <summary>What is wrong with the policy, all at once.</summary>
    public IReadOnlyList<PolicyFault> Faults { get; init; } = [];
}

/// <summary>What is wrong with one field of a policy.</summary>
/// <param name="Field">The field, such as <c>limits.concurrent</c>.</param>
/// <param name="Reason">The rest of a sentence that starts with the field's name.</param>
public sealed record PolicyFault(string Field, string Reason);

/// <summary>The stable codes of refusals.</summary>
public static class PolicyRefusals
{
    /// <summary>There is no such policy.</summary>
    public const string NotFound = "POLICY_NOT_FOUND";

    /// <summary>Another policy has the name.</summary>
    public const string NameTaken = "POLICY_NAME_TAKEN";

    /// <summary>It was changed since it was read.</summary>
    public const string Changed = "POLICY_CHANGED";

    /// <summary>A file gives it.</summary>
    public const string ReadOnly = "POLICY_READ_ONLY";

    /// <summary>It says something that cannot be; the faults name the fields.</summary>
    public const string Invalid = "POLICY_INVALID";

    /// <summary>There are as many policies as there may be.</summary>
    public const string TooMany = "TOO_MANY_POLICIES";

    /// <summary>It is not enabled.</summary>
    public const string Disabled = "POLICY_DISABLED";

    /// <summary>A run of it goes on, and it forbids another.</summary>
    public const string Running = "POLICY_RUNNING";
}
