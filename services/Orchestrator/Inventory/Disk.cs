using Sparsify.Contracts;

namespace Sparsify.Orchestrator.Inventory;

/// <summary>What is known of one disk.</summary>
public sealed class Disk
{
    public Guid Id { get; init; }

    public string Name { get; set; } = "";

    public string StorageDomain { get; set; } = "";

    public string Path { get; set; } = "";

    public VolumeFormat Format { get; set; }

    public string? FormatName { get; set; }

    public VolumeAllocation Allocation { get; set; }

    public DiskKind Kind { get; set; }

    public long VirtualSize { get; set; }

    public long ActualSize { get; set; }

    public int ChainLength { get; set; } = 1;

    public int DerivedDisks { get; set; }

    public int InternalSnapshots { get; set; }

    public int? Qcow2Version { get; set; }

    public bool Encrypted { get; set; }

    public bool VolumeGroupIncomplete { get; set; }

    public VolumeMeasurement? Measurement { get; set; }

    public bool Illegal { get; set; }

    public bool WipeAfterDelete { get; set; }

    /// <summary>An upstream system knows this disk: a host's word cannot remove or rename it.</summary>
    public bool KnownUpstream { get; set; }

    public DateTimeOffset? HostReportedAt { get; set; }

    public DateTimeOffset? UpstreamReportedAt { get; set; }

    /// <summary>Grows by one each time the disk's lock is taken.</summary>
    public long Generation { get; set; }

    /// <summary>Grows with each published change; starts with the milliseconds since 1970, or above what it was when the disk was removed.</summary>
    public long Revision { get; set; }

    /// <summary>Whether the source has reported the disk as of after a time.</summary>
    public bool IsReportedAfter(ReportSource source, DateTimeOffset at) => at < (source == ReportSource.Host ? HostReportedAt : UpstreamReportedAt);
}
