using Sparsify.Api.ReadModel;
using Sparsify.Contracts;

namespace Sparsify.Api.Policies;

/// <summary>One policy.</summary>
public sealed record PolicyView
{
    /// <summary>The policy.</summary>
    public required Guid Id { get; init; }

    /// <summary>Grows with each change; the ETag.</summary>
    public required int Revision { get; init; }

    /// <summary>A file gives it: it is changed there.</summary>
    public required bool ReadOnly { get; init; }

    /// <summary>That file's name.</summary>
    public string? File { get; init; }

    /// <summary>Why what the file says by now is refused, with file and line; what it said before is in force.</summary>
    public string? FileProblem { get; init; }

    /// <summary>When it was changed, UTC.</summary>
    public required DateTimeOffset ChangedAt { get; init; }

    /// <inheritdoc cref="Policy.Name" />
    public required string Name { get; init; }

    /// <inheritdoc cref="Policy.Enabled" />
    public required bool Enabled { get; init; }

    /// <inheritdoc cref="Policy.Trigger" />
    public required PolicyTrigger Trigger { get; init; }

    /// <inheritdoc cref="Policy.Selector" />
    public required PolicySelector Selector { get; init; }

    /// <inheritdoc cref="Policy.Thresholds" />
    public required PolicyThresholds Thresholds { get; init; }

    /// <inheritdoc cref="Policy.Limits" />
    public required PolicyLimits Limits { get; init; }

    /// <inheritdoc cref="Policy.Window" />
    public PolicyWindow? Window { get; init; }

    /// <inheritdoc cref="Policy.Mode" />
    public required PolicyMode Mode { get; init; }

    /// <inheritdoc cref="Policy.Priority" />
    public required OperationPriority Priority { get; init; }

    /// <inheritdoc cref="Policy.Overlap" />
    public required PolicyOverlap Overlap { get; init; }

    internal static PolicyView Of(PolicyRow row) => Of(row.Snapshot);

    internal static PolicyView Of(PolicyChanged known) => new()
    {
        Id = known.PolicyId,
        Revision = known.Revision,
        ReadOnly = known.File is not null,
        File = known.File,
        FileProblem = known.FileProblem,
        ChangedAt = known.ChangedAt,
        Name = known.Policy.Name,
        Enabled = known.Policy.Enabled,
        Trigger = known.Policy.Trigger,
        Selector = known.Policy.Selector,
        Thresholds = known.Policy.Thresholds,
        Limits = known.Policy.Limits,
        Window = known.Policy.Window,
        Mode = known.Policy.Mode,
        Priority = known.Policy.Priority,
        Overlap = known.Policy.Overlap,
    };
}
