using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sparsify.DiskImages.Files;

/// <summary>
/// Finds out which ranges of a file the storage holds blocks for: by FIEMAP, which also tells blocks that were allocated and
/// never written, and where that is not known (NFS, tmpfs) by looking for holes.
/// Source: Linux <c>Documentation/filesystems/fiemap.rst</c>; lseek(2), "Seeking file data and holes".
/// </summary>
internal static partial class FileExtents
{
    private const ulong FiemapRequest = 0xC020660B;
    private const int HeaderSize = 32;
    private const int ExtentSize = 56;
    private const int ExtentCount = 512;
    private const uint SyncFlag = 0x1;
    private const uint LastFlag = 0x1;
    private const uint UnwrittenFlag = 0x800;
    private const uint SharedFlag = 0x2000;
    private const int SeekData = 3;
    private const int SeekHole = 4;
    private const int NothingThere = 6; // ENXIO

    /// <exception cref="IOException">The storage does not answer.</exception>
    public static ExtentMap Of(SafeFileHandle file, long length, string path) => ByFiemap(file) ?? ByHoles(file, length, path);

    /// <summary>Null where the file system does not know the question. Waits for what is being written back.</summary>
    public static ExtentMap? ByFiemap(SafeFileHandle file)
    {
        var extents = new List<Extent>();
        var buffer = GC.AllocateUninitializedArray<byte>(HeaderSize + (ExtentCount * ExtentSize));
        var (start, shared) = (0L, 0L);
        while (true)
        {
            buffer.AsSpan(0, HeaderSize).Clear();
            BitConverter.TryWriteBytes(buffer.AsSpan(0), start);
            BitConverter.TryWriteBytes(buffer.AsSpan(8), long.MaxValue - start);
            // While the kernel writes a page back, ext4 and XFS call its new block one that was never written.
            BitConverter.TryWriteBytes(buffer.AsSpan(16), start == 0 ? SyncFlag : 0);
            BitConverter.TryWriteBytes(buffer.AsSpan(24), ExtentCount);
            if (Ioctl(file, FiemapRequest, buffer) != 0)
                return null;
            var mapped = BitConverter.ToInt32(buffer, 20);
            if (mapped == 0)
                return new ExtentMap(extents, shared);
            for (var i = 0; i < mapped; i++)
            {
                var raw = buffer.AsSpan(HeaderSize + (i * ExtentSize), ExtentSize);
                var from = BitConverter.ToInt64(raw);
                var to = from + BitConverter.ToInt64(raw[16..]);
                var flags = BitConverter.ToUInt32(raw[40..]);
                extents.Add(new Extent(from, to, (flags & UnwrittenFlag) == 0));
                if ((flags & SharedFlag) != 0)
                    shared += to - from;
                if ((flags & LastFlag) != 0 || to <= start)
                    return new ExtentMap(extents, shared);
                start = to;
            }
        }
    }

    /// <summary>By SEEK_DATA and SEEK_HOLE. Blocks that were never written may look like holes.</summary>
    public static ExtentMap ByHoles(SafeFileHandle file, long length, string path)
    {
        var extents = new List<Extent>();
        var at = 0L;
        while (at < length)
        {
            var data = Seek(file, at, SeekData);
            if (data < 0 && Marshal.GetLastPInvokeError() == NothingThere)
                break;
            var hole = data < 0 ? -1 : Seek(file, data, SeekHole);
            if (data < at || hole <= data)
                throw new IOException($"The holes of '{path}' cannot be found: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}.");
            extents.Add(new Extent(data, hole, true));
            at = hole;
        }

        return new ExtentMap(extents);
    }

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Ioctl(SafeFileHandle file, ulong request, [In, Out] byte[] argument);

    [LibraryImport("libc", EntryPoint = "lseek", SetLastError = true)]
    private static partial long Seek(SafeFileHandle file, long offset, int from);
}
