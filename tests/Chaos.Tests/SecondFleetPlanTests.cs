using Xunit;

namespace Sparsify.Chaos.Tests;

/// <summary>Plans on a fleet of their own, beside those of <see cref="PlanTests"/>: most of a plan's time is waiting for what comes back by itself.</summary>
public sealed class SecondFleetPlanTests(FleetFixture fixture, ITestOutputHelper output) : IClassFixture<FleetFixture>
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(11, 10)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public Task What_must_hold_holds_whatever_goes_wrong(int seed) => fixture.MustHoldAsync(seed, output);
}
