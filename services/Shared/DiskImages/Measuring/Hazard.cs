namespace Sparsify.DiskImages.Measuring;

/// <summary>Why virt-sparsify would fail on the disk as a whole.</summary>
public enum Hazard
{
    /// <summary>Nothing of that kind.</summary>
    None,

    /// <summary>LUKS or BitLocker: it stops and asks for a key.</summary>
    Encrypted,

    /// <summary>A volume group that needs other disks.</summary>
    VolumeGroupIncomplete,

    /// <summary>The image is malformed, or QEMU would not write it, or would free nothing.</summary>
    FormatUnsupported,
}
