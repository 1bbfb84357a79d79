using Sparsify.Chaos.Fleet;

namespace Sparsify.Chaos.Faults;

/// <summary>Broker or database ends, in order or by a crash, and comes back.</summary>
public sealed record ServerRestarted(TimeSpan At, TimeSpan Lasting, bool IsBroker, bool Crash) : Fault(At, Lasting)
{
    private static readonly SemaphoreSlim OneAtATime = new(1);

    /// <inheritdoc />
    public override async Task HappenAsync(ChaosFleet fleet)
    {
        await OneAtATime.WaitAsync();
        try
        {
            await (IsBroker ? fleet.RabbitMq.RestartAsync(Crash, Lasting) : fleet.Postgres.RestartAsync(Crash, Lasting));
        }
        finally
        {
            OneAtATime.Release();
        }
    }

    /// <inheritdoc />
    public override string ToString() => $"{(Crash ? "crash" : "restart")} of the {(IsBroker ? "broker" : "database")}";
}
