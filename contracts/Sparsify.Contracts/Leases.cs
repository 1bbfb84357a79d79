namespace Sparsify.Contracts;

/// <summary>A host asks to hold its lease for another while.</summary>
public sealed record RenewLease
{
    /// <summary>The volume job.</summary>
    public required Guid OperationId { get; init; }

    /// <summary>The attempt.</summary>
    public required int Attempt { get; init; }

    /// <summary>The disk's generation.</summary>
    public required long Generation { get; init; }

    /// <summary>The host that holds the lease.</summary>
    public required string Host { get; init; }
}

/// <summary>The lease holds for <see cref="Duration"/>, measured by the host from before it sent its request.</summary>
public sealed record LeaseRenewed
{
    /// <summary>The volume job.</summary>
    public required Guid OperationId { get; init; }

    /// <summary>The attempt.</summary>
    public required int Attempt { get; init; }

    /// <summary>How long the lease holds.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>A cancel was asked for: end the run with SIGINT.</summary>
    public required bool CancelRequested { get; init; }
}

/// <summary>The lease is gone: the attempt must not start, or must end at once; its results will be recorded as stale.</summary>
public sealed record LeaseRevoked
{
    /// <summary>The volume job.</summary>
    public required Guid OperationId { get; init; }

    /// <summary>The attempt.</summary>
    public required int Attempt { get; init; }

    /// <summary>Why, for the host's log.</summary>
    public required string Reason { get; init; }
}
