using Sparsify.DiskImages.Devices;
using Sparsify.DiskImages.Images;

namespace Sparsify.DiskImages.FileSystems.Ext;

/// <summary>
/// ext2, ext3 and ext4. What is freed: every run of free clusters inside one block group, as <c>ext4_trim_fs</c> discards
/// them. Sources: Linux <c>Documentation/filesystems/ext4/</c>, <c>fs/ext4/mballoc.c</c>.
/// </summary>
internal sealed class ExtReader : IFileSystemReader
{
    public FileSystemReading? Read(GuestDevice device)
    {
        if (ExtSuperblock.Read(device) is not { } super)
            return null;
        if (super.IsJournalDevice)
            return FileSystemReading.Opaque("jbd", "The journal of an ext file system on another device.");
        if (super.UnknownFeatures != 0)
            return FileSystemReading.Opaque(super.Type, $"It has the unknown features {super.UnknownFeatures:x}.", exact: false);
        if (super.HasExternalJournal)
            return FileSystemReading.Opaque(super.Type, "Its journal is on another device: it cannot be mounted alone.");
        var source = super.NeedsRecovery ? new ReplayedDevice(device, ExtJournal.Read(device, super)) : device;
        if (super.NeedsRecovery)
            super = ExtSuperblock.Read(source) ?? super;
        var tally = new DiscardTally();
        var walk = new ExtGroups(source, super);
        var free = walk.Discard(tally);
        return new FileSystemReading
        {
            Type = super.Type,
            Label = super.Label,
            Size = super.BlockCount * super.BlockSize,
            Free = free * super.ClusterRatio * super.BlockSize,
            Tally = tally,
            Note = Note(super, walk),
            IsExact = walk is { Damaged: 0, Unwritten: 0 },
        };
    }

    private static string? Note(ExtSuperblock super, ExtGroups walk)
    {
        if (walk.Damaged > 0)
            return $"{walk.Damaged} of {super.GroupCount} block groups have a bitmap that does not match its checksum: a run may fail. Run e2fsck.";
        if (walk.Unwritten > 0)
            return $"{walk.Unwritten} bytes of its inode tables were never written: a run that has it mounted for more than some seconds begins to fill them with zeroes, which takes storage.";
        return super.NeedsRecovery ? "It was not unmounted: the figures are those after its journal is replayed, which the run does first." : null;
    }
}
