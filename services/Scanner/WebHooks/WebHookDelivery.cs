namespace Sparsify.Scanner.WebHooks;

/// <summary>An event on its way to a web hook. Its row is written with the alert, and removed once the hook has taken it.</summary>
public sealed class WebHookDelivery
{
    /// <summary>The order of the events of a disk.</summary>
    public long Id { get; private set; }

    /// <summary>The hook's name.</summary>
    public required string Hook { get; init; }

    /// <summary>The disk.</summary>
    public required Guid DiskId { get; init; }

    /// <summary>The same at every try, so that a receiver can drop what it has seen.</summary>
    public required string EventId { get; init; }

    /// <summary>What is signed and posted, to the byte.</summary>
#pragma warning disable CA1819 // a column, replaced by nobody
    public required byte[] Body { get; init; }
#pragma warning restore CA1819

    /// <summary>The trace that the alert belongs to, as in the header <c>traceparent</c>.</summary>
    public string? TraceParent { get; init; }

    /// <summary>When it was written, UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Tries so far; the number of the present one while it is tried.</summary>
    public int Attempts { get; set; }

    /// <summary>When it may be tried, UTC. While it is tried, the end of the claim: another process takes it then, since this one has died.</summary>
    public required DateTimeOffset DueAt { get; set; }

    /// <summary>When it is no longer tried, UTC; null when its time begins with the next try.</summary>
    public DateTimeOffset? GiveUpAt { get; set; }

    /// <summary>When it was given up, UTC.</summary>
    public DateTimeOffset? DiedAt { get; set; }

    /// <summary>The HTTP status of the last answer; null when there was none.</summary>
    public int? LastStatus { get; set; }

    /// <summary>Why the last try failed, with the beginning of the answer.</summary>
    public string? LastError { get; set; }
}
