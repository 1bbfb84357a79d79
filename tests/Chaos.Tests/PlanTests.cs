using Sparsify.Chaos.Fleet;
using Sparsify.Chaos.Planning;
using Xunit;

namespace Sparsify.Chaos.Tests;

/// <summary>Some of the plans that <c>tests/Chaos/run</c> has any number of.</summary>
public sealed class PlanTests(FleetFixture fixture, ITestOutputHelper output) : IClassFixture<FleetFixture>
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 20)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task What_must_hold_holds_whatever_goes_wrong(int seed)
    {
        var result = await fixture.Runner.RunAsync(FaultPlanner.Plan(seed, ChaosFleet.ScratchMayFill));
        output.WriteLine(result.ToString());
        Assert.True(result.Violations.Count == 0, $"{result.Plan}\nviolated:\n  {string.Join("\n  ", result.Violations)}\nagain: tests/Chaos/run --only {seed}");
    }
}
