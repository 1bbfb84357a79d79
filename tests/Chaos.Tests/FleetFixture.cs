using Sparsify.Chaos.Fleet;
using Sparsify.Chaos.Planning;
using Sparsify.Chaos.Running;
using Sparsify.Chaos.Upstream;
using Xunit;

namespace Sparsify.Chaos.Tests;

/// <summary>One fleet for all plans of a class: starting it takes longer than a plan.</summary>
public sealed class FleetFixture : IAsyncLifetime
{
    private UpstreamSystem _upstream = null!;

    /// <summary>The fleet.</summary>
    public ChaosFleet Fleet { get; private set; } = null!;

    /// <summary>Runs plans on it.</summary>
    public PlanRunner Runner { get; private set; } = null!;

    /// <summary>Runs the plan of a seed: nothing that must hold may be violated.</summary>
    public async Task MustHoldAsync(int seed, ITestOutputHelper output)
    {
        var result = await Runner.RunAsync(FaultPlanner.Plan(seed, ChaosFleet.ScratchMayFill));
        output.WriteLine(result.ToString());
        Fleet.Folder.Stays |= result.Violations.Count > 0;
        Assert.True(
            result.Violations.Count == 0,
            $"{result.Plan}\nviolated:\n  {string.Join("\n  ", result.Violations)}\nagain: tests/Chaos/run --only {seed}; the fleet's logs stay in {Fleet.Folder.Path}");
    }

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
