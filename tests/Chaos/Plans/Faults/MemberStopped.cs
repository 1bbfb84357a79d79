using Sparsify.Chaos.Fleet;

namespace Sparsify.Chaos.Faults;

/// <summary>A service gets SIGTERM, ends in order, and is started again later.</summary>
public sealed record MemberStopped(TimeSpan At, TimeSpan Lasting, string Name) : Fault(At, Lasting)
{
    /// <inheritdoc />
    public override async Task HappenAsync(ChaosFleet fleet)
    {
        await fleet.Member(Name).StopAsync();
        await Task.Delay(Lasting);
        await fleet.Member(Name).StartAsync();
    }

    /// <inheritdoc />
    public override string ToString() => $"SIGTERM of {Name}";
}
