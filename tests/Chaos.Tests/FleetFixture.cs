using Sparsify.Chaos.Fleet;
using Sparsify.Chaos.Running;
using Sparsify.Chaos.Upstream;
using Xunit;

namespace Sparsify.Chaos.Tests;

/// <summary>One fleet for all plans: starting it takes longer than a plan.</summary>
public sealed class FleetFixture : IAsyncLifetime
{
    private UpstreamSystem _upstream = null!;

    /// <summary>The fleet.</summary>
    public ChaosFleet Fleet { get; private set; } = null!;

    /// <summary>Runs plans on it.</summary>
    public PlanRunner Runner { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Fleet = await ChaosFleet.StartAsync();
        _upstream = new UpstreamSystem(Fleet.RabbitMq.Address);
        Runner = new PlanRunner(Fleet, _upstream);
    }

    public async ValueTask DisposeAsync()
    {
        await _upstream.DisposeAsync();
        await Fleet.DisposeAsync();
    }
}
