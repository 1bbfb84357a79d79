using Sparsify.Contracts;

namespace Sparsify.HostWorker.Runs;

/// <summary>Turns what a failed run said into a kind of failure: the first row that fits decides.</summary>
internal static class FailureClassification
{
    private static readonly (FailureKind Kind, bool Retryable, string Says, string Sentence)[] Rows =
    [
        (FailureKind.InUse, false, "Is another process using the image", "Another process has the volume open (a running VM?). Shut it down and ask again."),
        (FailureKind.InUse, false, "Failed to get \"write\" lock", "Another process has the volume open (a running VM?). Shut it down and ask again."),
        (FailureKind.InUse, false, "Failed to get shared \"write\" lock", "Another process has the volume open (a running VM?). Shut it down and ask again."),
        (FailureKind.Unsupported, false, "discard cannot be enabled on this drive", "The image's format or protocol does not support discard; only raw and qcow2 files and some network protocols do."),
        (FailureKind.Encrypted, false, "could not read key from user", "The guest's data is encrypted and no key is known; trim it from inside the guest."),
        (FailureKind.Encrypted, false, "could not find key to open LUKS", "The guest's data is encrypted and no key is known; trim it from inside the guest."),
        (FailureKind.Unsupported, false, "is_lv: is_lv_stub", "A volume group of the guest spans several disks: it cannot be sparsified on one of them alone."),
        (FailureKind.HostNotCapable, true, "cannot find any suitable libguestfs supermin", "This host has no libguestfs appliance; install libguestfs-tools, or look at LIBGUESTFS_PATH."),
        (FailureKind.HostNotCapable, true, "for reading: Permission denied", "The host's kernel in /boot cannot be read, so that the appliance cannot be built; make /boot/vmlinuz-* readable."),
        (FailureKind.HostNotCapable, true, "cannot limit locked memory", "The host's limit of locked memory is too low for the appliance; raise LimitMEMLOCK."),
        (FailureKind.HostNotCapable, true, "force_kvm supplied but kvm not available", "The host is set to KVM and has none; set the accelerator to auto or tcg."),
        (FailureKind.HostNotCapable, true, "lifeline: nothing was started", "The host's scratch folder cannot be written; free some space there, and look at its permissions."),
        (FailureKind.HostNotCapable, true, "No space left on device", "The appliance's cache has no space left; free some in the worker's scratch folder."),
        (FailureKind.HostNotCapable, true, "supermin exited with error status", "The appliance could not be built on this host; run 'sparsify doctor' there."),
        (FailureKind.StorageUnavailable, true, "Input/output error", "The storage answered with an I/O error; look at the storage domain."),
        (FailureKind.StorageUnavailable, true, "Stale file handle", "The storage domain's mount is stale; mount it again."),
        (FailureKind.StorageUnavailable, true, "Read-only file system", "The storage domain is mounted read-only."),
        (FailureKind.StorageUnavailable, true, "Transport endpoint is not connected", "The storage domain is disconnected; mount it again."),
        (FailureKind.StorageUnavailable, true, "No such file or directory", "The volume is not there, or its storage domain is away."),
        (FailureKind.Transient, true, "appliance closed the connection unexpectedly", "The appliance crashed."),
        (FailureKind.Transient, true, "appliance launch timed out", "The appliance did not start in time."),
        (FailureKind.HostNotCapable, true, "guestfs_launch failed", "The appliance did not start on this host; run 'sparsify doctor' there."),
        (FailureKind.Transient, true, "killed by signal", "The appliance was killed."),
    ];

    private const string VirtSparsify = "virt-sparsify";

    /// <summary>Classifies a run that did not end with 0.</summary>
    /// <param name="exitCode">The exit code.</param>
    /// <param name="said">What it said.</param>
    /// <param name="tool">The program.</param>
    /// <returns>The error for people and machines, and whether another attempt may mend it.</returns>
    public static (OperationError Error, bool Retryable) Classify(int exitCode, string said, string tool = VirtSparsify)
    {
        if (exitCode == 3 && tool == VirtSparsify)
            return (new OperationError(FailureKind.Unsupported, "This host's appliance does not support discard (exit code 3); use a newer libguestfs, or copying mode.", said), false);
        foreach (var (kind, retryable, says, sentence) in Rows)
        {
            if (said.Contains(says, StringComparison.Ordinal))
                return (new OperationError(kind, sentence, said), retryable);
        }

        return (new OperationError(FailureKind.Unknown, $"{tool} ended with exit code {exitCode} and no known cause; its output is kept.", said), false);
    }
}
