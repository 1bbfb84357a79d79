using Sparsify.Contracts;

namespace Sparsify.Orchestrator.Inventory;

/// <summary>
/// What stays of a disk that was removed: a report from before that does not bring it back, and when it is found again its
/// numbers go on where they were, whatever the clocks say, so that readers can tell late events from news.
/// </summary>
public sealed class RemovedDisk
{
    public Guid Id { get; init; }

    public long Revision { get; init; }

    public long Generation { get; init; }

    /// <summary>When a host saw that it was gone; null when none has said so.</summary>
    public DateTimeOffset? HostRemovedAt { get; private set; }

    /// <summary>When an upstream system removed it; null when none has said so.</summary>
    public DateTimeOffset? UpstreamRemovedAt { get; private set; }

    /// <summary>When it was forgotten, by our own clock.</summary>
    public DateTimeOffset ForgottenAt { get; init; }

    /// <summary>Notes that the disk is gone.</summary>
    public void Note(ReportSource source, DateTimeOffset at)
    {
        if (source == ReportSource.Host)
            HostRemovedAt = Later(HostRemovedAt, at);
        else
            UpstreamRemovedAt = Later(UpstreamRemovedAt, at);
    }

    /// <summary>Whether the source has said that the disk is gone, as of after a time.</summary>
    public bool IsRemovedAfter(ReportSource source, DateTimeOffset at) => at < (source == ReportSource.Host ? HostRemovedAt : UpstreamRemovedAt);

    private static DateTimeOffset Later(DateTimeOffset? known, DateTimeOffset at) => known > at ? known.Value : at;
}
