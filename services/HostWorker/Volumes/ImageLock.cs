using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Sparsify.DiskImages.Files;

namespace Sparsify.HostWorker.Volumes;

/// <summary>
/// Tells whether anything uses a volume, without touching it: qemu's image lock (bytes 100 to 300 of the file,
/// QEMU <c>block/file-posix.c</c>, <c>RAW_LOCK_PERM_BASE</c> and <c>RAW_LOCK_SHARED_BASE</c>) and loop devices.
/// </summary>
internal static partial class ImageLock
{
    private const int GetOpenFileLock = 36; // F_OFD_GETLK
    private const short WriteLock = 1;
    private const short Unlocked = 2;
    private const long FirstByte = 100;
    private const long ByteCount = 201;

    /// <summary>A sentence that says who uses the volume; null when nobody does.</summary>
    /// <exception cref="IOException">The volume cannot be opened or its locks cannot be read.</exception>
    public static string? HolderOf(string path)
    {
        if (!FileNode.Of(path).CanHoldImage)
            throw new IOException($"'{path}' is neither a file nor a block device.");
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        var asked = new Flock { Type = WriteLock, Start = FirstByte, Length = ByteCount };
        if (Fcntl(file, GetOpenFileLock, ref asked) != 0)
            throw new IOException($"The locks of '{path}' cannot be read: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}.");
        if (asked.Type != Unlocked)
            return "A process holds qemu's image lock on it (a running VM, or another tool).";
        return LoopDeviceOf(path) is { } loop ? $"The loop device {loop} is attached to it." : null;
    }

    private static string? LoopDeviceOf(string path)
    {
        foreach (var device in Directory.Exists("/sys/block") ? Directory.GetDirectories("/sys/block", "loop*") : [])
        {
            var backing = Path.Combine(device, "loop", "backing_file");
            try
            {
                if (File.Exists(backing) && File.ReadAllText(backing).TrimEnd('\n') == path)
                    return Path.GetFileName(device);
            }
            catch (IOException)
            {
                // Detached between the look and the reading.
            }
        }

        return null;
    }

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Fcntl(SafeFileHandle file, int command, ref Flock flock);

    [StructLayout(LayoutKind.Sequential)]
    private struct Flock
    {
        public short Type;
        public short Whence;
        public long Start;
        public long Length;
        public int Process;
    }
}
