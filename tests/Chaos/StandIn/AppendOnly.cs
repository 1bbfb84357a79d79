using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sparsify.Chaos.StandIn;

/// <summary>
/// A file to which several processes append at once, none over another: open(2), <c>O_APPEND</c>. FileMode.Append looks
/// for the end once, when it opens.
/// </summary>
public static partial class AppendOnly
{
    private const int WriteOnly = 0x1;
    private const int Create = 0x40;
    private const int Append = 0x400;
    private const int CloseOnExec = 0x80000;
    private const int ReadableByAll = 0x1a4; // 0644

    /// <summary>Appends bytes, all at once.</summary>
    /// <exception cref="IOException">They cannot be written.</exception>
    public static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        using var file = new SafeFileHandle(Open(path, WriteOnly | Create | Append | CloseOnExec, ReadableByAll), ownsHandle: true);
        if (file.IsInvalid || Write(file, bytes, (nuint)bytes.Length) != bytes.Length)
            throw new IOException($"'{path}' cannot be written: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, nuint count);
}
