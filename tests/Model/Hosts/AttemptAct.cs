namespace Sparsify.Model.Hosts;

/// <summary>What a host can do with an attempt.</summary>
internal enum AttemptAct
{
    /// <summary>Ask for the lease, or to keep it.</summary>
    Ask,

    /// <summary>No answer came for as long as a lease lasts.</summary>
    GiveUp,

    /// <summary>Have the vital bytes journaled: the leave to start.</summary>
    Journal,

    /// <summary>Tell that the run has started.</summary>
    SayStarted,

    /// <summary>The run succeeds, is skipped before it starts, or the disk is repaired.</summary>
    EndWell,

    /// <summary>A failure that may pass.</summary>
    FailForNow,

    /// <summary>Give it up in order, since the worker is told to stop.</summary>
    HandBack,

    /// <summary>A failure that will not; for a repair: the disk cannot be proven sound.</summary>
    FailForGood,

    /// <summary>End as the operation's cancel asked for.</summary>
    Cancel,

    /// <summary>The program is killed, by whomever.</summary>
    CutOff,

    /// <summary>What a dead worker left behind ends.</summary>
    EndOrphan,

    /// <summary>A new worker ends an attempt of its former self.</summary>
    EndFormer,

    /// <summary>Tell the end again.</summary>
    Report,
}
