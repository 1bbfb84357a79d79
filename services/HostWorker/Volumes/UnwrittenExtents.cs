using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sparsify.HostWorker.Volumes;

/// <summary>
/// Finds extents that were allocated and never written: the mark of fallocate(2), and so of preallocation.
/// Source: Linux <c>Documentation/filesystems/fiemap.rst</c>.
/// </summary>
internal static partial class UnwrittenExtents
{
    private const ulong FiemapRequest = 0xC020660B;
    private const int HeaderSize = 32;
    private const int ExtentSize = 56;
    private const int ExtentCount = 128;
    private const int MaximumRounds = 64;
    private const uint Last = 0x1;
    private const uint Unwritten = 0x800;

    /// <summary>False also where the file system cannot tell.</summary>
    public static bool AnyIn(string path)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        ulong start = 0;
        var buffer = new byte[HeaderSize + (ExtentCount * ExtentSize)];
        for (var round = 0; round < MaximumRounds; round++)
        {
            Array.Clear(buffer);
            BitConverter.TryWriteBytes(buffer.AsSpan(0), start);
            BitConverter.TryWriteBytes(buffer.AsSpan(8), ulong.MaxValue - start);
            BitConverter.TryWriteBytes(buffer.AsSpan(24), ExtentCount);
            if (Ioctl(file, FiemapRequest, buffer) != 0)
                return false;
            var mapped = BitConverter.ToInt32(buffer, 20);
            for (var i = 0; i < mapped; i++)
            {
                var extent = buffer.AsSpan(HeaderSize + (i * ExtentSize), ExtentSize);
                var flags = BitConverter.ToUInt32(extent[40..]);
                if ((flags & Unwritten) != 0)
                    return true;
                if ((flags & Last) != 0)
                    return false;
                start = BitConverter.ToUInt64(extent) + BitConverter.ToUInt64(extent[16..]);
            }

            if (mapped == 0)
                return false;
        }

        return false;
    }

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Ioctl(SafeFileHandle file, ulong request, [In, Out] byte[] argument);
}
