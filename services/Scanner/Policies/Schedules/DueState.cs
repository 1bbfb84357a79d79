namespace Sparsify.Scanner.Policies.Schedules;

/// <summary>Whether a run that is due starts.</summary>
internal enum DueState
{
    /// <summary>It starts at its time.</summary>
    OnTime,

    /// <summary>It was missed and starts now.</summary>
    MadeUp,

    /// <summary>It was missed too long ago.</summary>
    Missed,
}
