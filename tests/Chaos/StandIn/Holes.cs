using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sparsify.Chaos.StandIn;

/// <summary>fallocate(2).</summary>
internal static partial class Holes
{
    private const int KeepSizeAndPunchHole = 0x01 | 0x02;

    /// <summary>Gives the blocks of a range back.</summary>
    public static void Punch(SafeFileHandle file, long offset, long length)
    {
        if (Fallocate(file, KeepSizeAndPunchHole, offset, length) != 0)
            throw new IOException($"A hole cannot be punched: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    private static partial int Fallocate(SafeFileHandle file, int mode, long offset, long length);
}
