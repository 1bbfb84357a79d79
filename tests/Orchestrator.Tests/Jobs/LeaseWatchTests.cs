using Microsoft.Extensions.Options;
using Sparsify.Orchestrator.Jobs;
using Xunit;

namespace Sparsify.Orchestrator.Tests.Jobs;

/// <summary>When a lease counts as over.</summary>
public sealed class LeaseWatchTests
{
    private static readonly OrchestratorOptions Options = new() { LeaseDuration = TimeSpan.FromMinutes(5), LeaseGuard = TimeSpan.FromSeconds(30) };
    private readonly TwoClocks _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly Lease _lease = new() { OperationId = Guid.NewGuid(), DiskId = Guid.NewGuid(), Attempt = 1, Duration = Options.LeaseDuration };

    [Fact]
    public void A_lease_that_is_not_renewed_is_over_after_its_length_and_the_guard()
    {
        var watch = Watch();
        Assert.Empty(watch.Over([_lease]));
        _time.Advance(Options.LeaseDuration + Options.LeaseGuard);
        Assert.Empty(watch.Over([_lease]));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([_lease], watch.Over([_lease]));
    }

    [Fact]
    public void A_renewal_begins_it_anew()
    {
        var watch = Watch();
        for (var i = 0; i < 10; i++)
        {
            Assert.Empty(watch.Over([_lease]));
            _time.Advance(TimeSpan.FromMinutes(4));
            _lease.Renewals++;
        }
    }

    [Theory]
    [InlineData(+3600)]
    [InlineData(-3600)]
    [InlineData(+365 * 86400)]
    public void A_clock_that_jumps_ends_no_lease_and_lengthens_none(int seconds)
    {
        var watch = Watch();
        Assert.Empty(watch.Over([_lease]));
        _time.SetWallClock(_time.GetUtcNow().AddSeconds(seconds));
        Assert.Empty(watch.Over([_lease]));
        _time.Advance(Options.LeaseDuration + Options.LeaseGuard + TimeSpan.FromSeconds(1));
        Assert.Equal([_lease], watch.Over([_lease]));
    }

    [Fact]
    public void A_service_that_starts_again_watches_from_then_on()
    {
        var former = Watch();
        Assert.Empty(former.Over([_lease]));
        _time.Advance(TimeSpan.FromHours(1));
        var watch = Watch();
        Assert.Empty(watch.Over([_lease]));
        _time.Advance(Options.LeaseDuration + Options.LeaseGuard + TimeSpan.FromSeconds(1));
        Assert.Equal([_lease], watch.Over([_lease]));
    }

    [Fact]
    public void The_length_is_the_one_that_the_host_was_told_whatever_is_configured_now()
    {
        var watch = new LeaseWatch(_time, Microsoft.Extensions.Options.Options.Create(new OrchestratorOptions { LeaseDuration = TimeSpan.FromSeconds(2), LeaseGuard = TimeSpan.Zero }));
        Assert.Empty(watch.Over([_lease]));
        _time.Advance(TimeSpan.FromMinutes(4));
        Assert.Empty(watch.Over([_lease]));
    }

    private LeaseWatch Watch() => new(_time, Microsoft.Extensions.Options.Options.Create(Options));
}
