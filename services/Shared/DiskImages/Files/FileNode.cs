using System.Runtime.InteropServices;

namespace Sparsify.DiskImages.Files;

/// <summary>
/// What a path leads to, symbolic links followed, told without opening it: to open a pipe waits for its other end, for
/// ever, and to open a device may do something to it. Two equal ones are one and the same file. Source: statx(2), inode(7).
/// </summary>
/// <param name="CanHoldImage">It is a regular file or a block device.</param>
/// <param name="Inode">Its number on its file system.</param>
/// <param name="FileSystem">The file system that it lies on.</param>
public readonly partial record struct FileNode(bool CanHoldImage, ulong Inode, (uint Major, uint Minor) FileSystem)
{
    private const int CurrentDirectory = -100; // AT_FDCWD
    private const uint TypeAndInode = 0x101; // STATX_TYPE | STATX_INO
    private const int TypeMask = 0xF000;
    private const int RegularFile = 0x8000;
    private const int BlockDevice = 0x6000;
    private const int NotThere = 2; // ENOENT
    private const int NoFolder = 20; // ENOTDIR
    private const int Denied = 13; // EACCES

    /// <summary>Looks at a path.</summary>
    /// <exception cref="FileNotFoundException">Nothing is there.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be looked at.</exception>
    /// <exception cref="IOException">The storage does not answer.</exception>
    public static FileNode Of(string path)
    {
        Span<byte> buffer = stackalloc byte[256];
        if (Statx(CurrentDirectory, path, 0, TypeAndInode, ref MemoryMarshal.GetReference(buffer)) != 0)
            throw Failed(path, Marshal.GetLastPInvokeError());
        var type = BitConverter.ToUInt16(buffer[28..]) & TypeMask;
        return new FileNode(type is RegularFile or BlockDevice, BitConverter.ToUInt64(buffer[32..]), (BitConverter.ToUInt32(buffer[136..]), BitConverter.ToUInt32(buffer[140..])));
    }

    private static Exception Failed(string path, int error)
    {
        var message = $"'{path}' cannot be looked at: {Marshal.GetPInvokeErrorMessage(error)}.";
        return error switch
        {
            NotThere or NoFolder => new FileNotFoundException(message, path),
            Denied => new UnauthorizedAccessException(message),
            _ => new IOException(message),
        };
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Statx(int directory, string path, int flags, uint mask, ref byte buffer);
}
