using Sparsify.Contracts;
using Sparsify.HostWorker.Runs;
using Xunit;

namespace Sparsify.HostWorker.Tests.Runs;

/// <summary>What the tools say in each known failure, as it was seen.</summary>
public sealed class FailureClassificationTests
{
    [Theory]
    [InlineData(1, "qemu-system-x86_64: Failed to get \"write\" lock\nIs another process using the image [/d/a.qcow2]?\nvirt-sparsify: error: libguestfs error: guestfs_launch failed.", FailureKind.InUse, false)]
    [InlineData(1, "qemu-img: Could not open 'a': Failed to get shared \"write\" lock", FailureKind.InUse, false)]
    [InlineData(3, "virt-sparsify: error: discard/trim is not supported.", FailureKind.Unsupported, false)]
    [InlineData(1, "libguestfs: error: discard cannot be enabled on this drive", FailureKind.Unsupported, false)]
    [InlineData(1, "getline: Inappropriate ioctl for device\nvirt-sparsify: could not read key from user", FailureKind.Encrypted, false)]
    [InlineData(1, "virt-sparsify: could not find key to open LUKS encrypted /dev/sda1.", FailureKind.Encrypted, false)]
    [InlineData(1, "libguestfs error: is_lv: is_lv_stub: /dev/MV/data: No such file or directory", FailureKind.Unsupported, false)]
    [InlineData(1, "libguestfs: error: cannot find any suitable libguestfs supermin, fixed or old-style appliance on LIBGUESTFS_PATH", FailureKind.HostNotCapable, true)]
    [InlineData(1, "cp: cannot open '/boot/vmlinuz-6.1' for reading: Permission denied\nsupermin exited with error status 1", FailureKind.HostNotCapable, true)]
    [InlineData(1, "supermin: cp -p '/boot/vmlinuz' '/v': command failed\ncp: error writing '/v': No space left on device", FailureKind.HostNotCapable, true)]
    [InlineData(1, "cannot limit locked memory to 18874368: Operation not permitted", FailureKind.HostNotCapable, true)]
    [InlineData(1, "guestfsd: error: fstrim: /sysroot/: FITRIM ioctl failed: Input/output error", FailureKind.StorageUnavailable, true)]
    [InlineData(1, "qemu-system-x86_64: Could not open '/d/a': Stale file handle", FailureKind.StorageUnavailable, true)]
    [InlineData(1, "libguestfs: error: appliance closed the connection unexpectedly.", FailureKind.Transient, true)]
    [InlineData(1, "libguestfs: error: appliance launch timed out", FailureKind.Transient, true)]
    [InlineData(1, "virt-sparsify: error: libguestfs error: /usr/bin/qemu-system-x86_64 killed by signal 9 (Killed), see debug messages above", FailureKind.Transient, true)]
    [InlineData(1, "qemu-system-x86_64 killed by signal 6 (Aborted)\nlibguestfs error: guestfs_launch failed, see earlier error messages", FailureKind.HostNotCapable, true)]
    [InlineData(1, "something that nobody has seen", FailureKind.Unknown, false)]
    public void A_known_failure_has_its_kind_and_a_sentence_for_people(int exitCode, string said, FailureKind kind, bool retryable)
    {
        var (error, again) = FailureClassification.Classify(exitCode, said);
        Assert.Equal((kind, retryable, said), (error.Kind, again, error.Output));
        Assert.EndsWith(".", error.Message, StringComparison.Ordinal);
    }
}
