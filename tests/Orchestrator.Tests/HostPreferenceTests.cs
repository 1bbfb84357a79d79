using Sparsify.Orchestrator.Inventory;
using Sparsify.Orchestrator.Jobs;
using Xunit;

namespace Sparsify.Orchestrator.Tests;

/// <summary>Who may have a job that a host has failed.</summary>
public sealed class HostPreferenceTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Lasting = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData("a", 0, true)]
    [InlineData("a", -59, true)]
    [InlineData("a", -60, false)]
    [InlineData("b", 0, false)]
    // The clock was put back since the job was given its time: that would keep the host off for as long.
    [InlineData("a", 7200, false)]
    public void It_is_kept_for_others_for_a_while(string host, int notBefore, bool isKept)
    {
        var preference = new HostPreference([new Host { Name = "a", StorageDomains = ["vms"] }, new Host { Name = "b", StorageDomains = ["vms"] }], Now, Lasting);
        Assert.Equal(isKept, preference.KeepsFrom(host, new VolumeJob { StorageDomain = "vms", FailedHosts = ["a"], NotBefore = Now.AddSeconds(notBefore) }));
    }

    [Fact]
    public void It_is_not_kept_for_hosts_that_do_not_reach_it() =>
        Assert.False(new HostPreference([new Host { Name = "b", StorageDomains = ["other"] }], Now, Lasting).KeepsFrom("a", new VolumeJob { StorageDomain = "vms", FailedHosts = ["a"], NotBefore = Now }));
}
