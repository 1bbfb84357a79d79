namespace Sparsify.Chaos.Planning;

/// <summary>A request of a plan.</summary>
/// <param name="At">When, from the plan's start.</param>
/// <param name="Disk">The disk's number in the plan.</param>
/// <param name="Id">The request id.</param>
/// <param name="ByMessage">As a message to the broker, by a client that does not speak the envelope; else over REST.</param>
/// <param name="Priority">low, normal or high.</param>
/// <param name="Force">Run whatever there is to gain.</param>
/// <param name="Copies">How often it is sent, at once.</param>
/// <param name="CancelAt">When its cancel is asked for; null for never.</param>
public sealed record RequestPlan(TimeSpan At, int Disk, Guid Id, bool ByMessage, string Priority, bool Force, int Copies, TimeSpan? CancelAt);
