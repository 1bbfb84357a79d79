using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sparsify.Chaos.StandIn;

/// <summary>qemu's image lock: bytes 100 to 300 of the file. Source: QEMU <c>block/file-posix.c</c>, <c>RAW_LOCK_PERM_BASE</c>.</summary>
internal static partial class ImageLock
{
    private const int SetOpenFileLock = 37; // F_OFD_SETLK
    private const short WriteLock = 1;

    /// <summary>False when another process has one. It ends with the handle.</summary>
    public static bool TryTake(SafeFileHandle image)
    {
        var wanted = new Flock { Type = WriteLock, Start = 100, Length = 201 };
        return Fcntl(image, SetOpenFileLock, ref wanted) == 0;
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
