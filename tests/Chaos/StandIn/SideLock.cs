using System.Runtime.InteropServices;

namespace Sparsify.Chaos.StandIn;

/// <summary>An exclusive flock(2) on a file of its own, which no reader, discovery or repair can have any other reason to take.</summary>
internal static partial class SideLock
{
    private const int ExclusiveNow = 2 | 4; // LOCK_EX | LOCK_NB

    /// <summary>Takes it, or goes on without: a second writer does not stop because there is a first.</summary>
    public static IDisposable Take(string path, out bool alone)
    {
        var file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
        alone = Flock(file, ExclusiveNow) == 0;
        return file;
    }

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Flock(SafeHandle file, int operation);
}
