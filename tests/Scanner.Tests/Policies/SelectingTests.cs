using Sparsify.Contracts;
using Sparsify.Scanner.Policies;
using Sparsify.Scanner.Policies.Selecting;
using Xunit;

namespace Sparsify.Scanner.Tests.Policies;

/// <summary>Which disks a policy takes.</summary>
public sealed class SelectingTests
{
    private static readonly SparsifyThresholds Settings = new(50, 0.1);

    [Fact]
    public void A_disk_fits_every_list_that_is_given_and_one_VM_fits_names_and_tags()
    {
        var disk = Samples.Disk("root", 500, "vms", Samples.Vm("web-1"), Samples.Vm("db-1", VmStatus.Down, "gold")).Snapshot;
        Assert.True(new PolicySelector().Fits(disk));
        Assert.True(new PolicySelector { StorageDomains = ["other", "vm?"], Vms = ["web-*"] }.Fits(disk));
        Assert.False(new PolicySelector { StorageDomains = ["other"], Vms = ["web-*"] }.Fits(disk));
        Assert.True(new PolicySelector { Vms = ["db-*"], Tags = ["gold"] }.Fits(disk));
        Assert.False(new PolicySelector { Vms = ["web-*"], Tags = ["gold"] }.Fits(disk));
        Assert.True(new PolicySelector { Disks = [disk.DiskId.ToString()] }.Fits(disk));
        Assert.True(new PolicySelector { Disks = ["*.img"] }.Fits(disk));
        Assert.False(new PolicySelector { Disks = ["data"] }.Fits(disk));
        Assert.False(new PolicySelector { Vms = ["*"] }.Fits(Samples.Disk("loose").Snapshot));
    }

    [Fact]
    public void The_narrower_selector_wins_and_the_first_by_name_of_those_alike()
    {
        var disk = Samples.Disk("root", 500, "vms", Samples.Vm("web-1")).Snapshot;
        var all = Samples.InForce("a-all");
        var domain = Samples.InForce("b-domain", new PolicySelector { StorageDomains = ["vms"] });
        var vm = Samples.InForce("c-vm", new PolicySelector { Vms = ["*"] });
        var named = Samples.InForce("d-disk", new PolicySelector { Disks = ["root"] });
        Assert.Equal([all, domain, vm, named], Enumerable.Range(1, 4).Select(n => new[] { all, domain, vm, named }.Take(n).Reverse().TakerOf(disk)));
        Assert.Equal("a-vm", new[] { vm, Samples.InForce("a-vm", new PolicySelector { Vms = ["web-1"] }) }.TakerOf(disk)!.Rule.Name);
        Assert.Null(new[] { Samples.InForce("other", new PolicySelector { Vms = ["db-*"] }) }.TakerOf(disk));
    }

    [Fact]
    public void What_a_policy_excludes_it_never_takes_however_narrow_it_is()
    {
        var disk = Samples.Disk("root", 500, "vms", Samples.Vm("web-1")).Snapshot;
        var narrow = Samples.InForce("narrow", new PolicySelector { Disks = ["root"], Exclude = new PolicyExclusion { Vms = ["web-*"] } });
        var wide = Samples.InForce("wide");
        Assert.Equal("wide", new[] { narrow, wide }.TakerOf(disk)!.Rule.Name);
        Assert.Equal(PolicyVerdict.Excluded, new DiskJudge(narrow, [wide], _ => Settings).Judge(Samples.Disk("root", 500, "vms", Samples.Vm("web-1")))!.Verdict);
        Assert.All(
            [new PolicyExclusion { StorageDomains = ["v*"] }, new PolicyExclusion { Disks = ["root.img"] }, new PolicyExclusion { Vms = ["web-1"] }],
            exclusion => Assert.True(exclusion.Fits(disk)));
        Assert.False(new PolicyExclusion { Tags = ["*"] }.Fits(disk));
    }

    [Fact]
    public void Every_disk_that_is_not_chosen_says_why()
    {
        var policy = Samples.InForce("mine", new PolicySelector { StorageDomains = ["vms"] });
        var narrower = Samples.InForce("db", new PolicySelector { Vms = ["db-*"] });
        var judge = new DiskJudge(policy, [policy, narrower], _ => Settings);
        var locked = Guid.NewGuid();
        Assert.Null(judge.Judge(Samples.Disk("elsewhere", 500, "other")));
        Assert.Equal(PolicyVerdict.Chosen, judge.Judge(Samples.Disk("good"))!.Verdict);
        Assert.Equal((PolicyVerdict.TakenByAnother, "db"), judge.Judge(Samples.Disk("db", 500, "vms", Samples.Vm("db-1"))) is { } taken ? (taken.Verdict, taken.TakenBy) : default);
        Assert.Equal(PolicyVerdict.NotMeasured, judge.Judge(Samples.Disk("new", null))!.Verdict);
        Assert.Equal(PolicyVerdict.BelowThreshold, judge.Judge(Samples.Disk("small", 99))!.Verdict);
        Assert.Equal((PolicyVerdict.Locked, locked), judge.Judge(Samples.Disk("busy").With(d => d with { OperationId = locked })) is { } busy ? (busy.Verdict, busy.OperationId) : default);
        var ineligible = judge.Judge(Samples.Disk("up").With(d => d with { Violations = [new Violation(ViolationCodes.VmNotDown, "It is up.", "Shut it down.")] }))!;
        Assert.Equal((PolicyVerdict.Ineligible, "It is up."), (ineligible.Verdict, Assert.Single(ineligible.Violations).Message));
        Assert.Equal(PolicyVerdict.AlertOnly, new DiskJudge(Samples.InForce("loud", mode: PolicyMode.Alert), [], _ => Settings).Judge(Samples.Disk("good"))!.Verdict);
    }

    [Fact]
    public void Thresholds_that_a_policy_does_not_give_are_those_of_the_settings()
    {
        var policy = Samples.InForce("mine") with { Rule = Samples.Nightly with { Thresholds = new PolicyThresholds { Bytes = 10 } } };
        var judge = new DiskJudge(policy, [], domain => domain == "vms" ? new SparsifyThresholds(1000, 0.3) : Settings);
        Assert.Equal(PolicyVerdict.BelowThreshold, judge.Judge(Samples.Disk("vms", 299))!.Verdict);
        Assert.Equal(PolicyVerdict.Chosen, judge.Judge(Samples.Disk("vms", 300))!.Verdict);
        Assert.Equal(PolicyVerdict.Chosen, judge.Judge(Samples.Disk("other", 100, "other"))!.Verdict);
    }

    [Fact]
    public void Those_with_most_to_give_back_come_first_and_the_others_are_told_of()
    {
        var judge = new DiskJudge(Samples.InForce("all"), [], _ => Settings);
        var lines = new[] { 300L, 900, 50, 700 }.Select(r => judge.Judge(Samples.Disk($"disk-{r}", r))!).ToList();
        var selection = Selection.Of(lines, perRun: 2);
        Assert.Equal(["disk-900", "disk-700"], selection.Chosen.Select(d => d.Name));
        Assert.Equal([("disk-300", PolicyVerdict.OverLimit), ("disk-50", PolicyVerdict.BelowThreshold)], selection.PassedOver.Select(d => (d.Name, d.Verdict)));
        Assert.Equal((4, 0, 1600), (selection.Considered, selection.Omitted, selection.Reclaimable));
    }

    [Fact]
    public void A_report_has_a_bounded_number_of_lines()
    {
        var judge = new DiskJudge(Samples.InForce("all"), [], _ => Settings);
        var selection = Selection.Of(Enumerable.Range(0, 3000).Select(i => judge.Judge(Samples.Disk($"disk-{i}", i))!), perRun: null);
        Assert.Equal((1000, 0, 3000, 2000), (selection.Chosen.Count, selection.PassedOver.Count, selection.Considered, selection.Omitted));
        Assert.Equal("disk-2999", selection.Chosen[0].Name);
    }
}
