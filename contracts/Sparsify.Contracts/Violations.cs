namespace Sparsify.Contracts;

/// <summary>One failed eligibility check.</summary>
/// <param name="Code">Stable code, one of <see cref="ViolationCodes"/>.</param>
/// <param name="Message">A sentence for people, with the values that failed the check.</param>
/// <param name="Remedy">What to do about it.</param>
/// <param name="OperationId">With <see cref="ViolationCodes.DiskLocked"/>: the operation that holds the lock.</param>
public sealed record Violation(string Code, string Message, string Remedy, Guid? OperationId = null);

/// <summary>The stable codes of the eligibility rules. They are public API: codes are added, never changed.</summary>
public static class ViolationCodes
{
    /// <summary>No such disk is known.</summary>
    public const string DiskNotFound = "DISK_NOT_FOUND";

    /// <summary>Another operation holds the disk's lock.</summary>
    public const string DiskLocked = "DISK_LOCKED";

    /// <summary>Upstream marks the disk illegal.</summary>
    public const string DiskIllegal = "DISK_ILLEGAL";

    /// <summary>A VM that the disk is plugged into is not down.</summary>
    public const string VmNotDown = "VM_NOT_DOWN";

    /// <summary>A direct LUN or a managed block disk.</summary>
    public const string NotAnImage = "NOT_AN_IMAGE";

    /// <summary>The allocation policy is preallocated.</summary>
    public const string Preallocated = "PREALLOCATED";

    /// <summary>The chain has more than the leaf volume.</summary>
    public const string HasSnapshots = "HAS_SNAPSHOTS";

    /// <summary>Other disks are based on this one.</summary>
    public const string HasDerivedDisks = "HAS_DERIVED_DISKS";

    /// <summary>The storage domain is neither file nor block storage.</summary>
    public const string StorageTypeUnsupported = "STORAGE_TYPE_UNSUPPORTED";

    /// <summary>NFS below version 4.2 cannot punch holes.</summary>
    public const string NfsTooOld = "NFS_TOO_OLD";

    /// <summary>The storage cannot take space back.</summary>
    public const string DiscardUnsupported = "DISCARD_UNSUPPORTED";

    /// <summary>The disk must be wiped after delete and the block storage does not promise zeroes after unmap.</summary>
    public const string WipeAfterDelete = "WIPE_AFTER_DELETE";

    /// <summary>The guest's data or the image is encrypted.</summary>
    public const string Encrypted = "ENCRYPTED";

    /// <summary>A volume group of the guest spans several disks.</summary>
    public const string VolumeGroupIncomplete = "VOLUME_GROUP_INCOMPLETE";

    /// <summary>The image's format or version cannot be sparsified in place.</summary>
    public const string FormatUnsupported = "FORMAT_UNSUPPORTED";

    /// <summary>qcow2 inside a block volume: freed clusters do not shrink the logical volume.</summary>
    public const string Qcow2OnBlock = "QCOW2_ON_BLOCK";

    /// <summary>The host sees an image lock, a holder or a mount on the volume.</summary>
    public const string VolumeInUse = "VOLUME_IN_USE";

    /// <summary>No live host reaches the storage domain.</summary>
    public const string NoHost = "NO_HOST";
}
