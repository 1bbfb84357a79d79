using Sparsify.Contracts;

namespace Sparsify.Orchestrator.Eligibility;

/// <summary>What the storage can give back. A storage domain that nobody has reported refuses nothing here: its job waits for a host.</summary>
internal static class StorageRules
{
    private static readonly Version OldestNfs = new(4, 2);

    public static Violation? TypeUnsupported(DiskFacts facts, bool allowSnapshots) =>
        facts.StorageDomain?.Kind == StorageKind.Other
            ? new(ViolationCodes.StorageTypeUnsupported, $"Storage domain '{facts.StorageDomain.Name}' is neither file nor block storage.", "Move the disk to file or block storage.")
            : null;

    public static Violation? NfsTooOld(DiskFacts facts, bool allowSnapshots)
    {
        if (facts.StorageDomain is not { NfsVersion: { } version } domain || (Version.TryParse(Dotted(version), out var parsed) && parsed >= OldestNfs))
            return null;
        var client = domain.NfsUtilsTooOld
            ? " The host's nfs-utils cannot mount 4.2 (RHEL 7.4, https://bugzilla.redhat.com/1489262): update it to 1.3.0-0.49.el7 or later."
            : "";
        return new(
            ViolationCodes.NfsTooOld,
            $"Storage domain '{domain.Name}' is mounted with NFS {version}; holes can be punched from 4.2 on.{client}",
            "Mount it with vers=4.2, on a server that offers it.");
    }

    public static Violation? DiscardUnsupported(DiskFacts facts, bool allowSnapshots) =>
        facts.StorageDomain is { SupportsDiscard: false } domain
            ? new(
                ViolationCodes.DiscardUnsupported,
                $"Storage domain '{domain.Name}'{(domain.FileSystem is { } fs ? $" ({fs})" : "")} does not take space back.",
                domain.Kind == StorageKind.Block
                    ? "Use a LUN with unmap (thin provisioning), and look at discard_max_bytes of its device."
                    : "Use a file system that punches holes: ext4, XFS, btrfs, or NFS 4.2.")
            : null;

    public static Violation? WipeAfterDelete(DiskFacts facts, bool allowSnapshots) =>
        facts is { Disk.WipeAfterDelete: true, StorageDomain: { Kind: StorageKind.Block, ZeroesAfterUnmap: not true } domain }
            ? new(
                ViolationCodes.WipeAfterDelete,
                $"The disk must be wiped after delete, and block storage domain '{domain.Name}' does not promise zeroes after unmap: freed blocks would keep their data.",
                "Use storage with LBPRZ, or clear wipe-after-delete.")
            : null;

    public static Violation? Qcow2OnBlock(DiskFacts facts, bool allowSnapshots) =>
        facts is { Disk.Format: VolumeFormat.Qcow2, StorageDomain.Kind: StorageKind.Block }
            ? new(ViolationCodes.Qcow2OnBlock, "The disk is qcow2 inside a block volume: freed clusters do not shrink the logical volume.", "Convert the disk to raw, or move it to file storage.")
            : null;

    private static string Dotted(string version) => version.Contains('.', StringComparison.Ordinal) ? version : $"{version}.0";
}
