using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sparsify.DiskImages.Files;

/// <summary>What the kernel tells of block devices. Source: Linux <c>Documentation/ABI/stable/sysfs-block</c>, lseek(2).</summary>
internal static partial class BlockDevices
{
    private const int End = 2; // SEEK_END
    private const int DefaultGranularity = 4096;
    private const int LargestGranularity = 1 << 30;

    /// <exception cref="IOException">The device does not answer.</exception>
    public static long LengthOf(SafeFileHandle handle, string path)
    {
        var length = Seek(handle, 0, End);
        return length >= 0 ? length : throw new IOException($"The length of the device '{path}' cannot be found: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}.");
    }

    /// <summary>The least that the device gives back, bytes; 4096 where it does not say.</summary>
    public static int DiscardGranularityOf(FileStatus status)
    {
        var file = $"/sys/dev/block/{status.Device.Major}:{status.Device.Minor}/queue/discard_granularity";
        return File.Exists(file) && int.TryParse(File.ReadAllText(file), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var bytes) && bytes is >= 512 and <= LargestGranularity
            ? bytes
            : DefaultGranularity;
    }

    [LibraryImport("libc", EntryPoint = "lseek", SetLastError = true)]
    private static partial long Seek(SafeFileHandle file, long offset, int from);
}
