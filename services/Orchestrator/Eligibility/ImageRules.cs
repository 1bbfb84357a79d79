using Sparsify.Contracts;

namespace Sparsify.Orchestrator.Eligibility;

/// <summary>What the image itself allows.</summary>
internal static class ImageRules
{
    public static Violation? Preallocated(DiskFacts facts, bool allowSnapshots) =>
        facts.Disk.Allocation == VolumeAllocation.Preallocated
            ? new(ViolationCodes.Preallocated, "The disk is preallocated: its owner chose speed over space.", "Change its allocation policy to sparse first, if the space matters more.")
            : null;

    public static Violation? Snapshots(DiskFacts facts, bool allowSnapshots) =>
        facts.Disk.ChainLength > 1 && !allowSnapshots
            ? new(
                ViolationCodes.HasSnapshots,
                $"The disk has {facts.Disk.ChainLength - 1} snapshot(s): space held by lower volumes cannot come back, and the leaf may grow a little.",
                "Merge the snapshots, or ask with allowSnapshots to work on the leaf alone.")
            : null;

    public static Violation? DerivedDisks(DiskFacts facts, bool allowSnapshots) =>
        facts.Disk.DerivedDisks > 0
            ? new(ViolationCodes.HasDerivedDisks, $"{facts.Disk.DerivedDisks} other volume(s) are based on this one: writing to it would destroy them.", "Sparsify the disks that are based on it, or collapse them first.")
            : null;

    public static Violation? Encrypted(DiskFacts facts, bool allowSnapshots) =>
        facts.Disk.Encrypted
            ? new(ViolationCodes.Encrypted, "The disk is encrypted, and without a key the whole run would fail.", "Trim it from inside the guest, with discard allowed through the encryption.")
            : null;

    public static Violation? VolumeGroupIncomplete(DiskFacts facts, bool allowSnapshots) =>
        facts.Disk.VolumeGroupIncomplete
            ? new(ViolationCodes.VolumeGroupIncomplete, "A volume group of the guest spans several disks: a run fails on one of them alone.", "Trim it from inside the guest, or move the group's extents to one disk (pvmove, vgreduce).")
            : null;

    public static Violation? FormatUnsupported(DiskFacts facts, bool allowSnapshots)
    {
        var disk = facts.Disk;
        if (disk.Format == VolumeFormat.Other)
            return new(ViolationCodes.FormatUnsupported, $"The format {disk.FormatName ?? "of the volume"} cannot be sparsified in place; only raw and qcow2 can.", "Convert the volume to raw or qcow2.");
        if (disk.Format != VolumeFormat.Qcow2)
            return null;
        if (disk.InternalSnapshots > 0)
            return new(ViolationCodes.FormatUnsupported, $"The qcow2 file holds {disk.InternalSnapshots} internal snapshot(s): a run would succeed and free nothing.", "Delete the internal snapshots.");
        return disk is { Qcow2Version: 2, ChainLength: > 1 }
            ? new(ViolationCodes.FormatUnsupported, "The volume is qcow2 version 2 with a backing file: QEMU does not discard there, a run would succeed and free nothing.", "Upgrade it with qemu-img amend -o compat=1.1.")
            : null;
    }
}
