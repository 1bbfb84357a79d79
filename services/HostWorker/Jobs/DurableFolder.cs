using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sparsify.HostWorker.Jobs;

/// <summary>Makes the names in a folder outlive a crash of the machine: a file that was flushed is lost with its name. .NET opens no folders. Source: open(2), fsync(2).</summary>
internal static partial class DurableFolder
{
    private const int ReadOnly = 0;
    private const int CloseOnExec = 0x80000; // O_CLOEXEC
    private const int NotSupported = 22; // EINVAL

    /// <summary>Flushes what was created, renamed and deleted in a folder.</summary>
    /// <exception cref="IOException">It is not there, or its disk does not take it.</exception>
    public static void Flush(string folder)
    {
        // The slash asks for a folder: the value of O_DIRECTORY differs between processors.
        using var handle = Open($"{folder.TrimEnd('/')}/", ReadOnly | CloseOnExec);
        // Some file systems flush no folders: there is nothing more to be done on them.
        if (handle.IsInvalid || (Sync(handle) != 0 && Marshal.GetLastPInvokeError() != NotSupported))
            throw new IOException($"The folder '{folder}' cannot be flushed: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}.");
    }

    /// <summary>Creates a folder, durably.</summary>
    /// <exception cref="IOException">It cannot be created.</exception>
    public static void Create(string folder)
    {
        if (Directory.Exists(folder))
            return;
        var parent = Path.GetDirectoryName(Path.GetFullPath(folder))!;
        Create(parent);
        Directory.CreateDirectory(folder);
        Flush(parent);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial SafeFileHandle Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(SafeFileHandle folder);
}
