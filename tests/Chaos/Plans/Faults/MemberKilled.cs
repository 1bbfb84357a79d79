using Sparsify.Chaos.Fleet;

namespace Sparsify.Chaos.Faults;

/// <summary>A service gets SIGKILL, and is started again later.</summary>
public sealed record MemberKilled(TimeSpan At, TimeSpan Lasting, string Name) : Fault(At, Lasting)
{
    /// <inheritdoc />
    public override async Task HappenAsync(ChaosFleet fleet)
    {
        await fleet.Member(Name).KillAsync();
        await Task.Delay(Lasting);
        await fleet.Member(Name).StartAsync();
    }

    /// <inheritdoc />
    public override string ToString() => $"SIGKILL of {Name}";
}
