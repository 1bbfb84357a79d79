using System.Text.Json.Serialization;

namespace Sparsify.Contracts;

/// <summary>The state of an operation. A final state (<see cref="Rejected"/>, <see cref="Skipped"/>, <see cref="Completed"/>, <see cref="Failed"/>, <see cref="Canceled"/>) never changes.</summary>
[JsonConverter(typeof(WordConverter<OperationState>))]
public enum OperationState
{
    /// <summary>Published, not yet looked at by the Orchestrator.</summary>
    Requested,

    /// <summary>Refused: the violations say why. Final; nothing is locked.</summary>
    Rejected,

    /// <summary>The disk was measured and has less to give back than was asked for. Final; nothing ran.</summary>
    Skipped,

    /// <summary>The disk is locked and its volume job waits for a host.</summary>
    Queued,

    /// <summary>A host runs an attempt.</summary>
    Running,

    /// <summary>A cancel was asked for and the host has not yet said that the process is gone.</summary>
    Canceling,

    /// <summary>An attempt did not end by itself, or failed in a way that another attempt may mend; being looked at.</summary>
    Recovering,

    /// <summary>No host can prove the disk sound: the lock is kept until a person decides.</summary>
    NeedsAttention,

    /// <summary>The run ended; the outcome says what came of it. Final.</summary>
    Completed,

    /// <summary>The run failed and will not be tried again. Final.</summary>
    Failed,

    /// <summary>Canceled on request. Final.</summary>
    Canceled,
}

/// <summary>A person's decision about an operation that needs attention.</summary>
[JsonConverter(typeof(CamelCaseWordConverter<Resolution>))]
public enum Resolution
{
    /// <summary>Let a host look at the disk again, and go on when it is sound.</summary>
    Retry,

    /// <summary>The disk is sound, or has been seen to: end the operation as failed and release the lock.</summary>
    Release,
}

/// <summary>What an attempt of a volume job is for.</summary>
[JsonConverter(typeof(CamelCaseWordConverter<AttemptKind>))]
public enum AttemptKind
{
    /// <summary>Running virt-sparsify.</summary>
    Sparsify,

    /// <summary>Looking at the disk after a run that did not end by itself.</summary>
    Repair,
}

/// <summary>What came of a completed run; exit code 0 alone proves nothing.</summary>
[JsonConverter(typeof(WordConverter<RunOutcome>))]
public enum RunOutcome
{
    /// <summary>The volume takes less of the storage than before.</summary>
    Reclaimed,

    /// <summary>The run was complete and there was nothing to give back.</summary>
    NothingToReclaim,

    /// <summary>A file system was passed over or warned about; the warnings name it and the reason.</summary>
    CompletedWithWarnings,

    /// <summary>Only some of the steps were done before an error stopped the rest.</summary>
    Partial,
}

/// <summary>Who or what started an operation.</summary>
[JsonConverter(typeof(CamelCaseWordConverter<OperationTrigger>))]
public enum OperationTrigger
{
    /// <summary>A person or a system asked for this disk.</summary>
    Manual,

    /// <summary>A policy chose the disk.</summary>
    Policy,
}

/// <summary>The order in which waiting volume jobs are claimed: <see cref="High"/> first, then the oldest.</summary>
[JsonConverter(typeof(CamelCaseWordConverter<OperationPriority>))]
public enum OperationPriority
{
    /// <summary>After everything else.</summary>
    Low = 0,

    /// <summary>The default.</summary>
    Normal = 1,

    /// <summary>Before everything else.</summary>
    High = 2,
}

/// <summary>Why a volume job attempt failed.</summary>
[JsonConverter(typeof(CamelCaseWordConverter<FailureKind>))]
public enum FailureKind
{
    /// <summary>No known cause was recognised; the output is kept.</summary>
    Unknown,

    /// <summary>Another process has the volume open.</summary>
    InUse,

    /// <summary>The volume, its format or its storage cannot be sparsified in place.</summary>
    Unsupported,

    /// <summary>The guest's data is encrypted (LUKS, BitLocker) and no key is known.</summary>
    Encrypted,

    /// <summary>This host cannot start the libguestfs appliance or lacks a feature of it.</summary>
    HostNotCapable,

    /// <summary>The storage domain or the volume cannot be reached or written.</summary>
    StorageUnavailable,

    /// <summary>A failure that may pass by itself, such as an appliance that crashed.</summary>
    Transient,

    /// <summary>The host was lost, or its lease ran out, while it worked on the volume.</summary>
    HostLost,

    /// <summary>No live host reached the storage domain within the allowed time.</summary>
    NoHost,
}

/// <summary>The format of the leaf volume's image.</summary>
[JsonConverter(typeof(CamelCaseWordConverter<VolumeFormat>))]
public enum VolumeFormat
{
    /// <summary>The guest's bytes as they are.</summary>
    Raw,

    /// <summary>QEMU copy-on-write, version 2 or 3.</summary>
    Qcow2,

    /// <summary>Any other format; cannot be sparsified in place.</summary>
    Other,
}

/// <summary>How the disk's owner wants its space allocated.</summary>
[JsonConverter(typeof(CamelCaseWordConverter<VolumeAllocation>))]
public enum VolumeAllocation
{
    /// <summary>Thin: space is taken when it is first written.</summary>
    Sparse,

    /// <summary>All space is taken in advance; the owner chose speed over space.</summary>
    Preallocated,
}

/// <summary>What a disk is to the VM manager.</summary>
[JsonConverter(typeof(CamelCaseWordConverter<DiskKind>))]
public enum DiskKind
{
    /// <summary>An image on a storage domain.</summary>
    Image,

    /// <summary>A LUN passed through to the VM.</summary>
    DirectLun,

    /// <summary>A Cinder or other managed block disk.</summary>
    ManagedBlock,
}

/// <summary>What kind of storage a domain is.</summary>
[JsonConverter(typeof(CamelCaseWordConverter<StorageKind>))]
public enum StorageKind
{
    /// <summary>Volumes are files in a directory, local or NFS.</summary>
    File,

    /// <summary>Volumes are block devices.</summary>
    Block,

    /// <summary>Anything else; not supported.</summary>
    Other,
}

/// <summary>The state of a virtual machine.</summary>
[JsonConverter(typeof(CamelCaseWordConverter<VmStatus>))]
public enum VmStatus
{
    /// <summary>Shut off; no process runs it.</summary>
    Down,

    /// <summary>Running.</summary>
    Up,

    /// <summary>Starting.</summary>
    PoweringUp,

    /// <summary>Shutting down.</summary>
    PoweringDown,

    /// <summary>Paused; its disks are open.</summary>
    Paused,

    /// <summary>Suspended; its memory image refers to its disks.</summary>
    Suspended,

    /// <summary>Moving between hosts.</summary>
    Migrating,

    /// <summary>Not known; treated as not down.</summary>
    Unknown,
}

/// <summary>Who reported a fact.</summary>
[JsonConverter(typeof(CamelCaseWordConverter<ReportSource>))]
public enum ReportSource
{
    /// <summary>A VM manager or another system that keeps an inventory.</summary>
    Upstream,

    /// <summary>A host worker that looked at the storage.</summary>
    Host,
}
