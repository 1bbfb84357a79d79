using Sparsify.Chaos.Fleet;

namespace Sparsify.Chaos.Faults;

/// <summary>The wall clock of a service jumps, and is set right later.</summary>
public sealed record ClockJumped(TimeSpan At, TimeSpan Lasting, string Name, TimeSpan By) : Fault(At, Lasting)
{
    /// <inheritdoc />
    public override async Task HappenAsync(ChaosFleet fleet)
    {
        fleet.Member(Name).SetClock(By);
        await Task.Delay(Lasting);
        fleet.Member(Name).SetClock(TimeSpan.Zero);
    }

    /// <inheritdoc />
    public override string ToString() => $"the clock of {Name} jumps by {By}";
}
