namespace Sparsify.Scanner.Policies.Schedules;

/// <summary>What becomes of a run that is due.</summary>
/// <param name="ScheduledAt">Its time.</param>
/// <param name="State">Whether it starts.</param>
/// <param name="MissedBefore">Others were due before it and are left out.</param>
internal sealed record DueRun(DateTimeOffset ScheduledAt, DueState State, bool MissedBefore);
