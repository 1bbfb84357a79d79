using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sparsify.DiskImages.Files;

/// <summary>What the kernel tells of an open file. Source: statx(2), fstatvfs(3).</summary>
internal readonly partial record struct FileStatus
{
    private const int EmptyPath = 0x1000; // AT_EMPTY_PATH
    private const uint BasicStats = 0x7FF;
    private const int SectorSize = 512;
    private const int DefaultBlock = 4096;
    private const int LargestBlock = 64 << 10;

    public required long Length { get; init; }

    /// <summary>Bytes that the storage gives up for the file.</summary>
    public required long AllocatedBytes { get; init; }

    /// <summary>The file system's unit of allocation; 4096 where it names none that could be one (NFS names its transfer size).</summary>
    public required int BlockSize { get; init; }

    public required bool IsFile { get; init; }

    public required bool IsBlockDevice { get; init; }

    /// <summary>Of a block device.</summary>
    public required (uint Major, uint Minor) Device { get; init; }

    /// <exception cref="IOException">The storage does not answer.</exception>
    public static FileStatus Of(SafeFileHandle handle, string path)
    {
        Span<byte> buffer = stackalloc byte[256];
        if (Statx(handle, "", EmptyPath, BasicStats, ref MemoryMarshal.GetReference(buffer)) != 0)
            throw Failed(path);
        var mode = BitConverter.ToUInt16(buffer[28..]);
        Span<byte> system = stackalloc byte[256];
        var block = FileSystemStatus(handle, ref MemoryMarshal.GetReference(system)) == 0 ? BitConverter.ToInt64(system[8..]) : 0;
        return new FileStatus
        {
            Length = BitConverter.ToInt64(buffer[40..]),
            AllocatedBytes = BitConverter.ToInt64(buffer[48..]) * SectorSize,
            BlockSize = block is >= SectorSize and <= LargestBlock && long.IsPow2(block) ? (int)block : DefaultBlock,
            IsFile = (mode & 0xF000) == 0x8000,
            IsBlockDevice = (mode & 0xF000) == 0x6000,
            Device = (BitConverter.ToUInt32(buffer[128..]), BitConverter.ToUInt32(buffer[132..])),
        };
    }

    private static IOException Failed(string path) => new($"'{path}' cannot be looked at: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}.");

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Statx(SafeFileHandle directory, string path, int flags, uint mask, ref byte buffer);

    [LibraryImport("libc", EntryPoint = "fstatvfs", SetLastError = true)]
    private static partial int FileSystemStatus(SafeFileHandle file, ref byte buffer);
}
