using System.Runtime.InteropServices;

namespace Sparsify.HostWorker.Volumes;

/// <summary>What the storage really gives up for a file: its blocks, never its length. Source: statx(2).</summary>
internal static partial class Allocation
{
    private const int CurrentDirectory = -100;
    private const uint BlocksAndSize = 0x600;
    private const int SizeOffset = 40;
    private const int BlocksOffset = 48;
    private const int BlockUnit = 512;

    /// <summary>Allocated bytes.</summary>
    /// <exception cref="IOException">The file cannot be looked at.</exception>
    public static long Bytes(string path) => Field(path, BlocksOffset) * BlockUnit;

    /// <summary>Length in bytes, as the guest would see a raw volume.</summary>
    /// <exception cref="IOException">The file cannot be looked at.</exception>
    public static long Length(string path) => Field(path, SizeOffset);

    private static long Field(string path, int offset)
    {
        var buffer = new byte[256];
        if (Statx(CurrentDirectory, path, 0, BlocksAndSize, buffer) != 0)
            throw new IOException($"'{path}' cannot be measured: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}.");
        return BitConverter.ToInt64(buffer, offset);
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Statx(int directory, string path, int flags, uint mask, [Out] byte[] buffer);
}
