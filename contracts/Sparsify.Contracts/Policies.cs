using System.Text.Json.Serialization;

namespace Sparsify.Contracts;

/// <summary>A user's rule that sparsifies disks when they need it: when, which, how many, and when not.</summary>
public sealed record Policy
{
    /// <summary>The name, unique among policies: 1 to 100 letters, digits, dots, hyphens or underscores.</summary>
    public required string Name { get; init; }

    /// <summary>It takes disks. One that is not enabled starts nothing, and other policies take its disks.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>When it runs.</summary>
    public required PolicyTrigger Trigger { get; init; }

    /// <summary>Which disks it takes; all of them unless given.</summary>
    public PolicySelector Selector { get; init; } = new();

    /// <summary>How much dead space a disk must have; what is not given is taken from the storage domain's setting.</summary>
    public PolicyThresholds Thresholds { get; init; } = new();

    /// <summary>How much a run may do.</summary>
    public PolicyLimits Limits { get; init; } = new();

    /// <summary>When operations may start; always unless given.</summary>
    public PolicyWindow? Window { get; init; }

    /// <summary>What it does with disks that need it.</summary>
    public PolicyMode Mode { get; init; } = PolicyMode.Sparsify;

    /// <summary>The place of its operations among waiting jobs.</summary>
    public OperationPriority Priority { get; init; } = OperationPriority.Normal;

    /// <summary>What becomes of a run that is due while another of this policy goes on.</summary>
    public PolicyOverlap Overlap { get; init; } = PolicyOverlap.Forbid;
}

/// <summary>When a policy runs; at least one of these is given.</summary>
public sealed record PolicyTrigger
{
    /// <summary>A cron expression of five fields.</summary>
    public string? Cron { get; init; }

    /// <summary>The IANA time zone of <see cref="Cron"/>; UTC unless given.</summary>
    public string? TimeZone { get; init; }

    /// <summary>What happens to a disk that has it taken alone, without waiting for the clock.</summary>
    public IReadOnlyList<PolicyEvent> Events { get; init; } = [];

    /// <summary>A disk is taken when so many bytes more could be given back than after the last operation on it.</summary>
    public long? GrewBy { get; init; }
}

/// <summary>
/// Which disks a policy takes. A disk fits when it fits every list that is given; in a list one entry is enough. An entry
/// is a text in which * stands for any characters and ? for one. An empty selector fits all disks.
/// </summary>
public sealed record PolicySelector
{
    /// <summary>Names of storage domains.</summary>
    public IReadOnlyList<string> StorageDomains { get; init; } = [];

    /// <summary>Names of VMs that the disk is plugged into.</summary>
    public IReadOnlyList<string> Vms { get; init; } = [];

    /// <summary>Tags of such VMs.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Disks, by id, name or path.</summary>
    public IReadOnlyList<string> Disks { get; init; } = [];

    /// <summary>Disks that this policy never takes, whatever else fits.</summary>
    public PolicyExclusion Exclude { get; init; } = new();
}

/// <summary>Disks that a policy never takes: those that fit any entry of any list.</summary>
public sealed record PolicyExclusion
{
    /// <summary>Names of storage domains.</summary>
    public IReadOnlyList<string> StorageDomains { get; init; } = [];

    /// <summary>Names of VMs that the disk is plugged into.</summary>
    public IReadOnlyList<string> Vms { get; init; } = [];

    /// <summary>Tags of such VMs.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Disks, by id, name or path.</summary>
    public IReadOnlyList<string> Disks { get; init; } = [];
}

/// <summary>How much dead space a disk must have; both must be passed.</summary>
public sealed record PolicyThresholds
{
    /// <summary>Reclaimable bytes.</summary>
    public long? Bytes { get; init; }

    /// <summary>Reclaimable share of the actual size, 0 to 1.</summary>
    public double? Share { get; init; }
}

/// <summary>How much a run of a policy may do.</summary>
public sealed record PolicyLimits
{
    /// <summary>Operations at once.</summary>
    public int Concurrent { get; init; } = 2;

    /// <summary>Operations in all; 1000 unless given.</summary>
    public int? PerRun { get; init; }

    /// <summary>Nothing starts when so many bytes have been given back.</summary>
    public long? Bytes { get; init; }

    /// <summary>Nothing starts later than so many minutes after the run's start.</summary>
    public int? Minutes { get; init; }

    /// <summary>Starts are spread over so many minutes, each disk with a place of its own; less when the run's time is short.</summary>
    public int StaggerMinutes { get; init; }
}

/// <summary>When a policy's operations may start, by the clock on the wall there. What is running ends.</summary>
public sealed record PolicyWindow
{
    /// <summary>The days on which it opens; every day unless given.</summary>
    public IReadOnlyList<PolicyDay> Days { get; init; } = [];

    /// <summary>When it opens, <c>HH:mm</c>.</summary>
    public required string From { get; init; }

    /// <summary>When it closes, <c>HH:mm</c>; on the next day when that is not later than <see cref="From"/>.</summary>
    public required string To { get; init; }

    /// <summary>The IANA time zone; UTC unless given.</summary>
    public string? TimeZone { get; init; }
}

/// <summary>What a policy does with the disks that need it.</summary>
[JsonConverter(typeof(CamelCaseWordConverter<PolicyMode>))]
public enum PolicyMode
{
    /// <summary>Its thresholds raise alerts; nothing is started.</summary>
    Alert,

    /// <summary>Operations are started.</summary>
    Sparsify,
}

/// <summary>What becomes of a run that is due while another of the same policy goes on.</summary>
[JsonConverter(typeof(CamelCaseWordConverter<PolicyOverlap>))]
public enum PolicyOverlap
{
    /// <summary>It is left out.</summary>
    Forbid,

    /// <summary>The older one ends: what has not begun to run is canceled.</summary>
    Replace,
}

/// <summary>What happens to a disk and may have a policy take it.</summary>
[JsonConverter(typeof(CamelCaseWordConverter<PolicyEvent>))]
public enum PolicyEvent
{
    /// <summary>A VM that it is plugged into was shut down.</summary>
    VmStopped,

    /// <summary>An alert was raised: its dead space has passed the thresholds.</summary>
    ThresholdPassed,

    /// <summary>Its last snapshot is gone.</summary>
    SnapshotRemoved,
}

/// <summary>A day of the week.</summary>
[JsonConverter(typeof(CamelCaseWordConverter<PolicyDay>))]
public enum PolicyDay
{
    /// <summary>Monday.</summary>
    Mon,

    /// <summary>Tuesday.</summary>
    Tue,

    /// <summary>Wednesday.</summary>
    Wed,

    /// <summary>Thursday.</summary>
    Thu,

    /// <summary>Friday.</summary>
    Fri,

    /// <summary>Saturday.</summary>
    Sat,

    /// <summary>Sunday.</summary>
    Sun,
}

/// <summary>The policy that chose a disk, so that whoever sees blocks change can tell why.</summary>
/// <param name="PolicyId">The policy.</param>
/// <param name="Name">Its name then.</param>
/// <param name="RunId">The run that chose the disk.</param>
public sealed record PolicyReference(Guid PolicyId, string Name, Guid RunId);
