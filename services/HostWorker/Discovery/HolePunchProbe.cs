using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Sparsify.HostWorker.Volumes;

namespace Sparsify.HostWorker.Discovery;

/// <summary>Proves that a directory's storage takes space back: writes a small file, punches it out, and looks at its blocks. Source: fallocate(2).</summary>
internal static partial class HolePunchProbe
{
    private const int KeepSizeAndPunchHole = 0x01 | 0x02;
    private const int Size = 1 << 20;

    /// <exception cref="IOException">The directory cannot be written to.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory cannot be written to.</exception>
    public static bool GivesBlocksBack(string directory)
    {
        var path = Path.Combine(directory, $".sparsify-probe-{Guid.NewGuid():N}");
        try
        {
            using var file = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite, 4096, FileOptions.DeleteOnClose);
            file.Write(RandomNumberGenerator.GetBytes(Size));
            file.Flush(flushToDisk: true);
            var before = Allocation.Bytes(path);
            if (Fallocate(file.SafeFileHandle, KeepSizeAndPunchHole, 0, Size) != 0)
                return false;
            file.Flush(flushToDisk: true);
            return before > 0 && Allocation.Bytes(path) < before;
        }
        finally
        {
            File.Delete(path);
        }
    }

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    private static partial int Fallocate(SafeFileHandle file, int mode, long offset, long length);
}
