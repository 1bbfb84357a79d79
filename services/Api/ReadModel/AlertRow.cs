using Sparsify.Contracts;

namespace Sparsify.Api.ReadModel;

/// <summary>The newest known state of one alert.</summary>
public sealed class AlertRow
{
    public Guid Id { get; init; }

    public int Revision { get; set; }

    public Guid DiskId { get; set; }

    public string StorageDomain { get; set; } = "";

    /// <summary>The order of listings: by the time when it was raised.</summary>
    public string SortKey { get; set; } = "";

    /// <summary>When it was cleared, UTC; null while it lasts.</summary>
    public DateTimeOffset? ClearedAt { get; set; }

    /// <summary>Why it was cleared.</summary>
    public NeedClearedReason? Reason { get; set; }

    /// <summary>What was last said while it lasted; null when its end was heard of first.</summary>
    public SparsifyNeeded? Snapshot { get; set; }

    /// <summary>Sorts by time, and never two alike.</summary>
    public static string KeyOf(DateTimeOffset raisedAt, Guid id) => $"{raisedAt.UtcTicks:D20}-{id}";
}
