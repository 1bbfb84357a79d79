using System.Runtime.InteropServices;

namespace Sparsify.Chaos.StandIn;

/// <summary>getppid(2).</summary>
internal static partial class ParentProcess
{
    public static int Id => GetParent();

    [LibraryImport("libc", EntryPoint = "getppid")]
    private static partial int GetParent();
}
