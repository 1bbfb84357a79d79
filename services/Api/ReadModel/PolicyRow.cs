using Sparsify.Contracts;

namespace Sparsify.Api.ReadModel;

/// <summary>The newest known state of one policy; of one that is gone, that it was.</summary>
public sealed class PolicyRow
{
    public Guid Id { get; init; }

    public int Revision { get; set; }

    public string Name { get; set; } = "";

    public bool Removed { get; set; }

    /// <summary>When that was heard; by this service's clock.</summary>
    public DateTimeOffset? RemovedAt { get; set; }

    /// <summary>The order of listings: by name, and never two alike.</summary>
    public string SortKey { get; set; } = "";

    public PolicyChanged Snapshot { get; set; } = null!;

    /// <summary>Takes over a newer state.</summary>
    public void Apply(PolicyChanged changed, DateTimeOffset now)
    {
        Revision = changed.Revision;
        Name = changed.Policy.Name;
        Removed = changed.Removed;
        RemovedAt = changed.Removed ? now : null;
        SortKey = $"{changed.Policy.Name}#{changed.PolicyId}";
        Snapshot = changed;
    }
}
