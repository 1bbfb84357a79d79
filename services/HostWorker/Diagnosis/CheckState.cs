namespace Sparsify.HostWorker.Diagnosis;

/// <summary>The state of one checked thing.</summary>
public enum CheckState
{
    /// <summary>Usable.</summary>
    Ok,

    /// <summary>Usable, and something should be known.</summary>
    Warning,

    /// <summary>Not usable.</summary>
    Failed,
}
