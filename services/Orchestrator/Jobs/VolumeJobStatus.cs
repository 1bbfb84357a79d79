namespace Sparsify.Orchestrator.Jobs;

/// <summary>Where a volume job stands in its queue.</summary>
public enum VolumeJobStatus
{
    /// <summary>May be claimed once its time has come.</summary>
    Waiting,

    /// <summary>A host has the lease and has not yet been given leave to start.</summary>
    Leased,

    /// <summary>A host was given leave to start.</summary>
    Running,

    /// <summary>A run was cut off: a host must look at the disk before anything else.</summary>
    NeedsRepair,

    /// <summary>A host has the lease to look at the disk and to repair it.</summary>
    Repairing,

    /// <summary>Ended; nothing more will run for it.</summary>
    Closed,
}
