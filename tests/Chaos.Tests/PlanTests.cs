using Sparsify.Chaos.Faults;
using Sparsify.Chaos.Fleet;
using Sparsify.Chaos.Planning;
using Sparsify.Chaos.StandIn;
using Xunit;

namespace Sparsify.Chaos.Tests;

/// <summary>Some of the plans that <c>tests/Chaos/run</c> has any number of, and some of a single purpose. <see cref="SecondFleetPlanTests"/> has others, at the same time.</summary>
public sealed class PlanTests(FleetFixture fixture, ITestOutputHelper output) : IClassFixture<FleetFixture>
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 10)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public Task What_must_hold_holds_whatever_goes_wrong(int seed) => fixture.MustHoldAsync(seed, output);

    [Fact]
    public async Task A_rolling_restart_of_everything_under_load_loses_nothing()
    {
        const int disks = 12;
        var plan = new FaultPlan(
            0,
            [.. Enumerable.Range(0, disks).Select(i => new DiskPlan($"plan0-rolled-{i}.img", FleetSettings.Domains[i % 2], [new Behaviour { StepMilliseconds = 700 }]))],
            [.. Enumerable.Range(0, disks).Select(i => new RequestPlan(TimeSpan.FromSeconds(0.5 * i), i, Guid.NewGuid(), ByMessage: i % 3 == 0, "normal", true, 1, null))],
            [],
            [new RollingRestart(TimeSpan.FromSeconds(2))]);
        var result = await fixture.Runner.RunAsync(plan);
        output.WriteLine(result.ToString());
        Assert.Empty(result.Violations);
        Assert.Equal(("Completed", disks), (Assert.Single(result.States).Key, result.States.Values.Single()));
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
