using Sparsify.Chaos.Fleet;

namespace Sparsify.Chaos.Faults;

/// <summary>Every service in turn gets SIGTERM and is started again, as an update would do it.</summary>
public sealed record RollingRestart(TimeSpan At) : Fault(At, TimeSpan.Zero)
{
    /// <inheritdoc />
    public override async Task HappenAsync(ChaosFleet fleet)
    {
        foreach (var member in fleet.Members)
        {
            await member.StopAsync();
            await member.StartAsync();
        }
    }

    /// <inheritdoc />
    public override string ToString() => "rolling restart of everything";
}
