using Sparsify.Contracts;
using Sparsify.Orchestrator.Eligibility;
using Sparsify.Orchestrator.Inventory;
using Xunit;

namespace Sparsify.Orchestrator.Tests;

public sealed class EligibilityRulesTests
{
    private static readonly Guid DiskId = Guid.NewGuid();
    private static readonly Guid OtherOperation = Guid.NewGuid();

    public static TheoryData<string, DiskFacts> RefusedFacts() => new()
    {
        { ViolationCodes.DiskLocked, Facts() with { LockedBy = OtherOperation } },
        { ViolationCodes.DiskIllegal, Facts(d => d.Illegal = true) },
        { ViolationCodes.VmNotDown, Facts() with { Vms = [Vm("web", VmStatus.Up)] } },
        { ViolationCodes.VmNotDown, Facts() with { Vms = [Vm("web", VmStatus.Down), Vm("db", VmStatus.Paused)] } },
        { ViolationCodes.VmNotDown, Facts() with { Vms = [Vm("web", VmStatus.Unknown)] } },
        { ViolationCodes.NotAnImage, Facts(d => d.Kind = DiskKind.DirectLun) },
        { ViolationCodes.NotAnImage, Facts(d => d.Kind = DiskKind.ManagedBlock) },
        { ViolationCodes.Preallocated, Facts(d => d.Allocation = VolumeAllocation.Preallocated) },
        { ViolationCodes.HasSnapshots, Facts(d => d.ChainLength = 2) },
        { ViolationCodes.HasDerivedDisks, Facts(d => d.DerivedDisks = 1) },
        { ViolationCodes.StorageTypeUnsupported, Facts(storage: s => s.Kind = StorageKind.Other) },
        { ViolationCodes.NfsTooOld, Facts(storage: s => s.NfsVersion = "4.1") },
        { ViolationCodes.NfsTooOld, Facts(storage: s => s.NfsVersion = "3") },
        { ViolationCodes.DiscardUnsupported, Facts(storage: s => s.SupportsDiscard = false) },
        { ViolationCodes.WipeAfterDelete, Facts(d => d.WipeAfterDelete = true, s => s.Kind = StorageKind.Block) },
        { ViolationCodes.Encrypted, Facts(d => d.Encrypted = true) },
        { ViolationCodes.FormatUnsupported, Facts(d => (d.Format, d.FormatName) = (VolumeFormat.Other, "vmdk")) },
        { ViolationCodes.FormatUnsupported, Facts(d => (d.Format, d.InternalSnapshots) = (VolumeFormat.Qcow2, 1)) },
        { ViolationCodes.Qcow2OnBlock, Facts(d => d.Format = VolumeFormat.Qcow2, s => s.Kind = StorageKind.Block) },
    };

    public static TheoryData<DiskFacts, bool> AcceptedFacts() => new()
    {
        { Facts(), false },
        { Facts() with { StorageDomain = null }, false },
        { Facts() with { Vms = [Vm("web", VmStatus.Down)] }, false },
        { Facts(d => d.ChainLength = 3), true },
        { Facts(d => (d.Format, d.Qcow2Version) = (VolumeFormat.Qcow2, 2)), false },
        { Facts(storage: s => s.NfsVersion = "4.2"), false },
        { Facts(d => d.WipeAfterDelete = true), false },
        { Facts(d => d.WipeAfterDelete = true, s => (s.Kind, s.ZeroesAfterUnmap) = (StorageKind.Block, true)), false },
    };

    [Theory]
    [MemberData(nameof(RefusedFacts), DisableDiscoveryEnumeration = true)]
    public void One_failed_rule_gives_its_code_alone_with_sentence_and_remedy(string code, DiskFacts facts)
    {
        var violation = Assert.Single(EligibilityRules.Check(facts, DiskId, allowSnapshots: false));
        Assert.Equal(code, violation.Code);
        Assert.EndsWith(".", violation.Message, StringComparison.Ordinal);
        Assert.EndsWith(".", violation.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(AcceptedFacts), DisableDiscoveryEnumeration = true)]
    public void A_disk_that_no_rule_refuses_is_eligible(DiskFacts facts, bool allowSnapshots) =>
        Assert.Empty(EligibilityRules.Check(facts, DiskId, allowSnapshots));

    [Fact]
    public void An_unknown_disk_is_not_found() =>
        Assert.Equal(ViolationCodes.DiskNotFound, Assert.Single(EligibilityRules.Check(null, DiskId, allowSnapshots: false)).Code);

    [Fact]
    public void A_lock_names_the_operation_that_holds_it() =>
        Assert.Equal(OtherOperation, Assert.Single(EligibilityRules.Check(Facts() with { LockedBy = OtherOperation }, DiskId, false)).OperationId);

    [Fact]
    public void All_violations_come_at_once()
    {
        var facts = Facts(d => (d.Illegal, d.Allocation, d.DerivedDisks) = (true, VolumeAllocation.Preallocated, 2)) with { Vms = [Vm("web", VmStatus.Up)] };
        Assert.Equal(
            [ViolationCodes.DiskIllegal, ViolationCodes.VmNotDown, ViolationCodes.Preallocated, ViolationCodes.HasDerivedDisks],
            EligibilityRules.Check(facts, DiskId, allowSnapshots: false).Select(v => v.Code));
    }

    [Fact]
    public void Snapshots_of_a_version_2_image_are_refused_even_when_snapshots_are_allowed()
    {
        var facts = Facts(d => (d.Format, d.Qcow2Version, d.ChainLength) = (VolumeFormat.Qcow2, 2, 2));
        Assert.Equal(ViolationCodes.FormatUnsupported, Assert.Single(EligibilityRules.Check(facts, DiskId, allowSnapshots: true)).Code);
    }

    [Fact]
    public void An_nfs_client_that_cannot_do_better_is_named_with_its_bug()
    {
        var facts = Facts(storage: s => (s.NfsVersion, s.NfsUtilsTooOld) = ("4.0", true));
        Assert.Contains("1489262", Assert.Single(EligibilityRules.Check(facts, DiskId, allowSnapshots: false)).Message, StringComparison.Ordinal);
    }

    private static DiskFacts Facts(Action<Disk>? disk = null, Action<StorageDomain>? storage = null)
    {
        var d = new Disk { Id = DiskId, Name = "disk", StorageDomain = "vmstore", Path = "disk.img" };
        var s = new StorageDomain { Name = "vmstore", Kind = StorageKind.File, SupportsDiscard = true };
        disk?.Invoke(d);
        storage?.Invoke(s);
        return new DiskFacts(d, s, [], null);
    }

    private static VirtualMachine Vm(string name, VmStatus status) => new() { Id = Guid.NewGuid(), Name = name, Status = status };
}
