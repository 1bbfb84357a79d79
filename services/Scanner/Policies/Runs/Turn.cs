namespace Sparsify.Scanner.Policies.Runs;

/// <summary>Where a disk of a run is.</summary>
public enum Turn
{
    /// <summary>It was passed over.</summary>
    None,

    /// <summary>It was chosen and its turn has not come.</summary>
    Waiting,

    /// <summary>Its operation has been asked for and has not ended.</summary>
    Live,

    /// <summary>Its operation has ended, or waits for a person.</summary>
    Ended,
}
