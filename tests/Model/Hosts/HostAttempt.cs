using Sparsify.Contracts;

namespace Sparsify.Model.Hosts;

/// <summary>An attempt as its host sees it.</summary>
internal sealed class HostAttempt(string host, SparsifyVolume job, VitalBytes? journaled, bool isRepair, int times)
{
    public string Host => host;

    public SparsifyVolume Job => job;

    public string Name { get; } = Words.Attempt(job.OperationId, job.Attempt);

    /// <summary>Tells it apart from the same attempt that came again after it was forgotten.</summary>
    public string Key { get; } = $"{host}:{Words.Attempt(job.OperationId, job.Attempt)}{(times > 0 ? $" ({times + 1})" : "")}";

    public string Volume { get; } = $"{job.StorageDomain}/{job.Path}";

    public bool IsRepair => isRepair;

    /// <summary>For a repair: what came with it.</summary>
    public VitalBytes? Journaled => journaled;

    public AttemptPhase Phase { get; set; }

    /// <summary>When it first asked for its lease; it has its slot from then on.</summary>
    public TimeSpan? Begun { get; set; }

    /// <summary>When its lease ends, by its own reckoning.</summary>
    public TimeSpan LeaseEnd { get; set; }

    /// <summary>The request it waits for an answer to; an answer to an older one is dropped.</summary>
    public int Request { get; set; }

    public TimeSpan AskedAt { get; set; }

    public bool AskedToJournal { get; set; }

    /// <summary>Noted in the journal before the program is launched.</summary>
    public bool WasStarted { get; set; }

    public bool CancelKnown { get; set; }

    public bool SaidStarted { get; set; }

    /// <summary>The report of its end.</summary>
    public object? End { get; set; }

    /// <summary>The Orchestrator has said that it knows; the journal has it no more.</summary>
    public bool Forgotten { get; set; }

    /// <summary>The host has something to do with it yet.</summary>
    public bool IsOpen => Phase != AttemptPhase.Ended || !Forgotten;

    public bool IsActive => Phase is AttemptPhase.Accepted or AttemptPhase.Held or AttemptPhase.Working;

    public bool MayWrite => Phase is AttemptPhase.Working or AttemptPhase.Orphaned;

    /// <summary>What this attempt reads of the disk before it runs: told apart by its name.</summary>
    public VitalBytes OwnVitalBytes => new() { SwapHeaders = [], VolumeGroups = [new VitalVolumeGroup(Name, "")] };

    public HostAttempt Copy() => (HostAttempt)MemberwiseClone();
}
