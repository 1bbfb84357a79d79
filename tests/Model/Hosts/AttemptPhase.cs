namespace Sparsify.Model.Hosts;

/// <summary>How far a host is with an attempt.</summary>
internal enum AttemptPhase
{
    /// <summary>In the journal; the lease is not yet confirmed.</summary>
    Accepted,

    /// <summary>The lease is confirmed; nothing is written yet.</summary>
    Held,

    /// <summary>The run, or the repair, may write.</summary>
    Working,

    /// <summary>The worker died while it worked: the program goes on until its lifeline ends it.</summary>
    Orphaned,

    /// <summary>The worker died, and no program of it is left.</summary>
    Left,

    /// <summary>Its end is in the journal.</summary>
    Ended,
}
