using Sparsify.Chaos.Fleet;
using Sparsify.Chaos.Planning;
using Sparsify.Chaos.StandIn;
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

    [Fact]
    public async Task A_repair_that_hangs_is_given_up_and_another_one_follows()
    {
        const string disk = "plan0-hangs.img";
        var domain = FleetSettings.Domains[0];
        var behaviour = new Behaviour { StepMilliseconds = 1500, RepairHangs = true };
        var plan = new FaultPlan(0, [new DiskPlan(disk, domain, [behaviour])], [new RequestPlan(TimeSpan.Zero, 0, Guid.NewGuid(), false, "normal", true, 1, null)], [], [new RunCutOff(domain, disk)]);
        var result = await fixture.Runner.RunAsync(plan);
        Assert.Empty(result.Violations);
        Assert.Equal("Completed", Assert.Single(result.States).Key);
        Assert.Equal((2, 1), (File.ReadAllText(Path.Combine(fixture.Fleet.Records, $"{disk}.repair.count")).Length, result.Repairs));
    }
}
