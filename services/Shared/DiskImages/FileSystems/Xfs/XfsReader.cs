using Sparsify.DiskImages.Devices;
using Sparsify.DiskImages.Images;

namespace Sparsify.DiskImages.FileSystems.Xfs;

/// <summary>
/// XFS, versions 4 and 5. What is freed: every free extent of every allocation group, as <c>xfs_ioc_trim</c> discards them.
/// Sources: "XFS Algorithms &amp; Data Structures"; Linux <c>fs/xfs/xfs_discard.c</c>, <c>xfs_log_recover.c</c>.
/// </summary>
internal sealed class XfsReader : IFileSystemReader
{
    public FileSystemReading? Read(GuestDevice device)
    {
        if (XfsSuperblock.Read(device) is not { } super)
            return null;
        if (super.UnknownFeatures != 0)
            return FileSystemReading.Opaque("xfs", $"It has the unknown features {super.UnknownFeatures:x}.", exact: false);
        if (super.LogStart == 0 || super.IsUnfinished || super.NeedsRepair)
            return FileSystemReading.Opaque("xfs", super.LogStart == 0 ? "Its log is on another device: it cannot be mounted alone." : "It asks for xfs_repair and cannot be mounted.");
        var tally = new DiscardTally();
        var groups = new XfsGroups(device, super);
        var free = groups.Discard(tally);
        var log = new XfsLog(device, super);
        tally.Grow(log.GrowthOfMounting());
        return new FileSystemReading
        {
            Type = "xfs",
            Label = super.Label,
            Size = super.BlockCount * super.BlockSize,
            Free = free * super.BlockSize,
            Tally = tally,
            Note = log.IsClean ? null : "It was not unmounted: the run replays its log first, and the figures are those of before.",
            IsExact = log.IsClean,
        };
    }
}
