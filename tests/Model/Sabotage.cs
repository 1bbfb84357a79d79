using Sparsify.Contracts;

namespace Sparsify.Model;

/// <summary>A fault that is put into the Orchestrator on purpose, to show that it would be found.</summary>
internal sealed record Sabotage
{
    /// <summary>Statements that bend its tables.</summary>
    public string? Sql { get; init; }

    /// <summary>Believes each result to be of the attempt that the job is in.</summary>
    public bool BelievesStaleResults { get; init; }

    /// <summary>What was sent in a transaction leaves although that is rolled back.</summary>
    public bool SendsBeforeCommit { get; init; }

    /// <summary>What was sent in a transaction is lost when that is committed.</summary>
    public bool LosesMessages { get; init; }

    /// <summary>How much faster than hosts the Orchestrator counts leases.</summary>
    public int Haste { get; init; } = 1;

    /// <summary>What it takes a message for.</summary>
    public object Bend(object message, Func<Guid, int> attemptOf) => !BelievesStaleResults ? message : message switch
    {
        VolumeJobSucceeded m => m with { Attempt = attemptOf(m.OperationId) },
        VolumeJobSkipped m => m with { Attempt = attemptOf(m.OperationId) },
        VolumeJobFailed m => m with { Attempt = attemptOf(m.OperationId) },
        VolumeJobCanceled m => m with { Attempt = attemptOf(m.OperationId) },
        VolumeRepaired m => m with { Attempt = attemptOf(m.OperationId) },
        _ => message,
    };
}
