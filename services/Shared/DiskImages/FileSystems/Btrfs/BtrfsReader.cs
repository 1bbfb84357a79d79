using Sparsify.DiskImages.Devices;
using Sparsify.DiskImages.Images;

namespace Sparsify.DiskImages.FileSystems.Btrfs;

/// <summary>
/// btrfs on one device, with the profiles single and DUP. What is freed: the free extents of each block group, in all its
/// copies, and what belongs to no block group, as <c>btrfs_trim_fs</c> discards them. Sources: btrfs documentation,
/// "On-disk format"; Linux <c>fs/btrfs/extent-tree.c</c>, <c>block-group.c</c>.
/// </summary>
internal sealed class BtrfsReader : IFileSystemReader
{
    public FileSystemReading? Read(GuestDevice device)
    {
        if (BtrfsSuperblock.Read(device) is not { } super)
            return null;
        if (super.Devices != 1 || super.DeviceBytes > device.Length || super.IsUnknown)
            return FileSystemReading.Opaque("btrfs", super.Devices != 1 ? $"It spans {super.Devices} devices and cannot be mounted from one." : $"It covers {super.DeviceBytes} of {device.Length} bytes, or has unknown features ({super.Incompatible:x}).", exact: super.Devices != 1);
        if (super.IsSeed)
            return FileSystemReading.Opaque("btrfs", "It is a seed and is only ever read.");
        var trees = new BtrfsTrees(device, super);
        trees.ReadChunks();
        if (trees.Chunks.Any(c => c.IsStriped))
            return FileSystemReading.Opaque("btrfs", "It is spread over devices with a RAID profile, which is not followed.", exact: false);
        var tally = new DiscardTally();
        var space = new BtrfsFreeSpace(device, super, trees, tally);
        space.Discard();
        return new FileSystemReading
        {
            Type = "btrfs",
            Label = super.Label,
            Size = super.DeviceBytes,
            Free = space.Free,
            Tally = tally,
            Note = super.LogTree != 0 ? "It was not unmounted: the run replays its log first, and the figures are those of before." : null,
            IsExact = super.LogTree == 0,
        };
    }
}
