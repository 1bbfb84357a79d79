using Sparsify.Chaos.Fleet;

namespace Sparsify.Chaos.Faults;

/// <summary>A service gets SIGSTOP, and SIGCONT later.</summary>
public sealed record MemberFrozen(TimeSpan At, TimeSpan Lasting, string Name) : Fault(At, Lasting)
{
    /// <inheritdoc />
    public override async Task HappenAsync(ChaosFleet fleet)
    {
        await fleet.Member(Name).FreezeAsync();
        await Task.Delay(Lasting);
        await fleet.Member(Name).ThawAsync();
    }

    /// <inheritdoc />
    public override string ToString() => $"SIGSTOP of {Name}";
}
