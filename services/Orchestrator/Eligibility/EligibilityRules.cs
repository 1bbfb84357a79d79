using Sparsify.Contracts;

namespace Sparsify.Orchestrator.Eligibility;

/// <summary>Decides whether a disk may be sparsified, from facts alone: no clock, no I/O.</summary>
public static class EligibilityRules
{
    private static readonly Func<DiskFacts, bool, Violation?>[] Rules =
    [
        DiskRules.Locked,
        DiskRules.Illegal,
        DiskRules.VmNotDown,
        DiskRules.NotAnImage,
        ImageRules.Preallocated,
        ImageRules.Snapshots,
        ImageRules.DerivedDisks,
        StorageRules.TypeUnsupported,
        StorageRules.NfsTooOld,
        StorageRules.DiscardUnsupported,
        StorageRules.WipeAfterDelete,
        ImageRules.Encrypted,
        ImageRules.VolumeGroupIncomplete,
        ImageRules.FormatUnsupported,
        StorageRules.Qcow2OnBlock,
    ];

    /// <summary>Every rule that refuses the disk, in the order of the rules; empty means eligible.</summary>
    /// <param name="facts">What is known; null when the disk is not.</param>
    /// <param name="diskId">The disk asked for.</param>
    /// <param name="allowSnapshots">The request accepts a chain with snapshots.</param>
    public static IReadOnlyList<Violation> Check(DiskFacts? facts, Guid diskId, bool allowSnapshots) =>
        facts is null
            ? [DiskRules.NotFound(diskId)]
            : [.. Rules.Select(rule => rule(facts, allowSnapshots)).OfType<Violation>()];
}
