using System.Diagnostics;
using Sparsify.Contracts;

namespace Sparsify.HostWorker.Jobs;

/// <summary>What a worker must still know of an attempt after its own death.</summary>
internal sealed record AttemptRecord
{
    public required SparsifyVolume Job { get; init; }

    /// <summary>The attempt looks at the disk after a run that was cut off, and runs nothing.</summary>
    public bool IsRepair { get; init; }

    /// <summary>For a repair: what was journaled before the run.</summary>
    public VitalBytes? Journaled { get; init; }

    /// <summary>The W3C trace parent of the message that brought the job.</summary>
    public string? TraceParent { get; init; }

    /// <summary>The volume's real path, from the check on.</summary>
    public string? VolumePath { get; init; }

    public long? SizeBefore { get; init; }

    /// <summary>Bytes that the run is to give back, measured just before it.</summary>
    public long? Predicted { get; init; }

    /// <summary>Written before virt-sparsify is launched: from here on the disk may have been written to.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    public ActivityContext Trace => ActivityContext.TryParse(TraceParent, null, isRemote: true, out var context) ? context : default;
}
