using Sparsify.Contracts;

namespace Sparsify.Scanner.Policies.Runs;

/// <summary>A disk in a run's report.</summary>
public sealed class RunDisk
{
    public Guid RunId { get; init; }

    /// <summary>Its place in the report, from 0: those chosen come first, in the order of their turns.</summary>
    public int Position { get; init; }

    public Turn Turn { get; set; }

    /// <summary>Its operation, from its start on.</summary>
    public Guid? OperationId { get; set; }

    /// <summary>Of the newest that was heard of the operation.</summary>
    public int OperationRevision { get; set; }

    /// <summary>A host works on it: it is not canceled.</summary>
    public bool Running { get; set; }

    /// <summary>Its place in the stagger.</summary>
    public DateTimeOffset NotBefore { get; init; }

    /// <summary>What is told of it; replaced, never changed.</summary>
    public PolicyRunDisk Line { get; set; } = null!;
}
