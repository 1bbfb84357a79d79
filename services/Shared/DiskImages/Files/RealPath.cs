using System.Runtime.InteropServices;

namespace Sparsify.DiskImages.Files;

/// <summary>realpath(3): the kernel's own reading of a path, each symbolic link followed.</summary>
public static partial class RealPath
{
    /// <summary>The real path.</summary>
    /// <exception cref="FileNotFoundException">Nothing is there, or it cannot be reached.</exception>
    public static string Of(string path)
    {
        var resolved = path.Contains('\0', StringComparison.Ordinal) ? 0 : Realpath(path, 0);
        if (resolved == 0)
            throw new FileNotFoundException($"'{StructureReader.Printable(path)}' is not there: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}.", path);
        try
        {
            return Marshal.PtrToStringUTF8(resolved)!;
        }
        finally
        {
            Free(resolved);
        }
    }

    /// <summary>The real path when it lies below the root, which must be a real path itself; else null.</summary>
    /// <exception cref="FileNotFoundException">Nothing is there, or it cannot be reached.</exception>
    public static string? Within(string root, string path)
    {
        var real = Of(path);
        return IsWithin(root, real) ? real : null;
    }

    /// <summary>Whether one real path lies below another.</summary>
    public static bool IsWithin(string root, string real) => real.StartsWith(root.TrimEnd('/') + "/", StringComparison.Ordinal);

    [LibraryImport("libc", EntryPoint = "realpath", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial nint Realpath(string path, nint buffer);

    [LibraryImport("libc", EntryPoint = "free")]
    private static partial void Free(nint memory);
}
