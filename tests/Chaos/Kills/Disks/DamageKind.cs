namespace Sparsify.Chaos.Kills.Disks;

/// <summary>What can be wrong with a disk after a kill.</summary>
internal enum DamageKind
{
    /// <summary>A swap area's header is not what it was: the guest does not find its swap any more.</summary>
    SwapHeader,

    /// <summary>A logical volume that nobody made; it fills its group.</summary>
    StrayVolume,

    /// <summary>A logical volume is gone or another one.</summary>
    Volumes,

    /// <summary>A file is gone, new, or has other content.</summary>
    Files,

    /// <summary>A file system's checker complains.</summary>
    FileSystem,

    /// <summary>qemu-img check finds an error in the image.</summary>
    Image,

    /// <summary>qemu-img check finds clusters that nothing refers to.</summary>
    Leaks,

    /// <summary>The disk could not be looked at.</summary>
    Unreadable,
}
