using Sparsify.Contracts;
using Sparsify.Scanner.Policies.Validation;
using Xunit;

namespace Sparsify.Scanner.Tests.Policies;

/// <summary>What a policy may say.</summary>
public sealed class PolicyRulesTests
{
    public static TheoryData<Policy, string> Wrong => new()
    {
        { Samples.Nightly with { Name = "" }, "name" },
        { Samples.Nightly with { Name = "two words" }, "name" },
        { Samples.Nightly with { Name = new string('a', 101) }, "name" },
        { Samples.Nightly with { Trigger = null! }, "trigger" },
        { Samples.Nightly with { Trigger = new PolicyTrigger() }, "trigger" },
        { Samples.Nightly with { Trigger = new PolicyTrigger { Cron = "every night" } }, "trigger.cron" },
        { Samples.Nightly with { Trigger = new PolicyTrigger { Cron = "0 0 2 * * *" } }, "trigger.cron" },
        { Samples.Nightly with { Trigger = new PolicyTrigger { Cron = "0 0 30 2 *" } }, "trigger.cron" },
        { Samples.Nightly with { Trigger = new PolicyTrigger { Cron = "0 2 * * *", TimeZone = "Mars/Olympus" } }, "trigger.timeZone" },
        { Samples.Nightly with { Trigger = new PolicyTrigger { Cron = "0 2 * * *", TimeZone = "../../etc/passwd" } }, "trigger.timeZone" },
        { Samples.Nightly with { Trigger = new PolicyTrigger { GrewBy = 1, TimeZone = "UTC" } }, "trigger.timeZone" },
        { Samples.Nightly with { Trigger = new PolicyTrigger { GrewBy = 0 } }, "trigger.grewBy" },
        { Samples.Nightly with { Trigger = new PolicyTrigger { Events = [PolicyEvent.VmStopped, PolicyEvent.VmStopped] } }, "trigger.events" },
        { Samples.Nightly with { Trigger = new PolicyTrigger { Events = [(PolicyEvent)9] } }, "trigger.events" },
        { Samples.Nightly with { Selector = null! }, "selector" },
        { Samples.Nightly with { Selector = new PolicySelector { Vms = null! } }, "selector.vms" },
        { Samples.Nightly with { Selector = new PolicySelector { Vms = [null!] } }, "selector.vms" },
        { Samples.Nightly with { Selector = new PolicySelector { Tags = [new string('a', 256)] } }, "selector.tags" },
        { Samples.Nightly with { Selector = new PolicySelector { Disks = [.. Enumerable.Repeat("a", 101)] } }, "selector.disks" },
        { Samples.Nightly with { Selector = new PolicySelector { Exclude = new PolicyExclusion { Vms = ["a\nb"] } } }, "selector.exclude.vms" },
        { Samples.Nightly with { Thresholds = new PolicyThresholds { Bytes = -1 } }, "thresholds.bytes" },
        { Samples.Nightly with { Thresholds = new PolicyThresholds { Share = double.NaN } }, "thresholds.share" },
        { Samples.Nightly with { Limits = new PolicyLimits { Concurrent = 0 } }, "limits.concurrent" },
        { Samples.Nightly with { Limits = new PolicyLimits { PerRun = 1001 } }, "limits.perRun" },
        { Samples.Nightly with { Limits = new PolicyLimits { Minutes = 0 } }, "limits.minutes" },
        { Samples.Nightly with { Limits = new PolicyLimits { StaggerMinutes = 1441 } }, "limits.staggerMinutes" },
        { Samples.Nightly with { Window = new PolicyWindow { From = "25:00", To = "05:00" } }, "window.from" },
        { Samples.Nightly with { Window = new PolicyWindow { From = "01:00", To = null! } }, "window.to" },
        { Samples.Nightly with { Window = new PolicyWindow { From = "01:00", To = "05:00", Days = [PolicyDay.Mon, PolicyDay.Mon] } }, "window.days" },
        { Samples.Nightly with { Mode = (PolicyMode)7 }, "mode" },
        { Samples.Nightly with { Priority = (OperationPriority)7 }, "priority" },
    };

    [Theory]
    [MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    public void What_cannot_be_is_refused_with_its_field(Policy policy, string field)
    {
        var fault = Assert.Single(PolicyRules.Check(policy, Samples.At("2026-01-01T00:00:00Z")));
        Assert.Equal(field, fault.Field);
        Assert.EndsWith(".", fault.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Everything_that_is_wrong_is_said_at_once()
    {
        var policy = Samples.Nightly with { Name = "", Limits = new PolicyLimits { Concurrent = 0, Minutes = -1 }, Window = new PolicyWindow { From = "", To = "" } };
        Assert.Equal(["name", "limits.concurrent", "limits.minutes", "window.from", "window.to"], PolicyRules.Check(policy, DateTimeOffset.UnixEpoch).Select(f => f.Field));
        Assert.Equal("policy", Assert.Single(PolicyRules.Check(null, DateTimeOffset.UnixEpoch)).Field);
    }

    [Fact]
    public void A_policy_may_say_all_of_it() => Assert.Empty(PolicyRules.Check(
        Samples.Nightly with
        {
            Trigger = new PolicyTrigger { Cron = "*/5 1-4 * * MON#2", TimeZone = "Europe/Prague", Events = Enum.GetValues<PolicyEvent>(), GrewBy = 1 },
            Selector = new PolicySelector { StorageDomains = ["*"], Vms = ["web-?"], Tags = ["gold"], Disks = ["a/b.img"], Exclude = new PolicyExclusion { Tags = ["never"] } },
            Limits = new PolicyLimits { Concurrent = 100, PerRun = 1000, Bytes = long.MaxValue, Minutes = 10080, StaggerMinutes = 1440 },
            Window = new PolicyWindow { Days = Enum.GetValues<PolicyDay>(), From = "22:00", To = "05:00", TimeZone = "America/Argentina/Buenos_Aires" },
        },
        Samples.At("2026-01-01T00:00:00Z")));
}
