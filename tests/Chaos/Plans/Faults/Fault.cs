using Sparsify.Chaos.Fleet;

namespace Sparsify.Chaos.Faults;

/// <summary>Something that goes wrong for a while.</summary>
/// <param name="At">When it begins, from the plan's start.</param>
/// <param name="Lasting">How long it lasts.</param>
public abstract record Fault(TimeSpan At, TimeSpan Lasting)
{
    /// <summary>Brings it about, and takes it back after its time.</summary>
    public abstract Task HappenAsync(ChaosFleet fleet);
}
