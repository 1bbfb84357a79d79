using System.Globalization;
using Sparsify.Contracts;

namespace Sparsify.Api.ReadModel;

/// <summary>The newest known state of one operation.</summary>
public sealed class OperationRow
{
    public Guid Id { get; init; }

    public Guid DiskId { get; set; }

    /// <summary>0 until the Orchestrator has said something.</summary>
    public int Revision { get; set; }

    public OperationState State { get; set; }

    /// <summary>The order of listings, newest last.</summary>
    public string SortKey { get; set; } = "";

    public DateTimeOffset? FinishedAt { get; set; }

    public OperationChanged Snapshot { get; set; } = null!;

    public int ProgressAttempt { get; set; }

    public int ProgressSequence { get; set; }

    public double Fraction { get; set; }

    public string? Stage { get; set; }

    /// <summary>Changes with everything that a reader of the operation can see.</summary>
    public string Mark => $"{Revision}.{ProgressAttempt}.{ProgressSequence}";

    /// <summary>Takes over a newer state.</summary>
    public void Apply(OperationChanged changed)
    {
        DiskId = changed.DiskId;
        Revision = changed.Revision;
        State = changed.State;
        SortKey = $"{changed.CreatedAt.UtcTicks.ToString("D20", CultureInfo.InvariantCulture)}-{changed.OperationId}";
        FinishedAt = changed.FinishedAt;
        Snapshot = changed;
    }
}
