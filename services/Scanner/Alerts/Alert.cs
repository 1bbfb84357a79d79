using Sparsify.Contracts;

namespace Sparsify.Scanner.Alerts;

/// <summary>That a disk needs sparsifying, from the moment when that began to the one when it was over.</summary>
public sealed class Alert
{
    /// <summary>The alert.</summary>
    public Guid Id { get; init; }

    /// <summary>The disk.</summary>
    public Guid DiskId { get; init; }

    /// <summary>The same as <see cref="DiskId"/> while the alert lasts, then null: the key allows one a disk.</summary>
    public Guid? OpenDiskId { get; set; }

    /// <summary>Messages about it, so far.</summary>
    public int Revision { get; set; }

    /// <summary>When it was raised, UTC.</summary>
    public DateTimeOffset RaisedAt { get; init; }

    /// <summary>When it was last said, UTC.</summary>
    public DateTimeOffset SaidAt { get; set; }

    /// <summary>When it was cleared, UTC.</summary>
    public DateTimeOffset? ClearedAt { get; set; }

    /// <summary>Why it was cleared.</summary>
    public NeedClearedReason? Reason { get; set; }
}
