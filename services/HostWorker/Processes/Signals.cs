using System.Runtime.InteropServices;

namespace Sparsify.HostWorker.Processes;

/// <summary>kill(2).</summary>
internal static partial class Signals
{
    private const int Interrupted = 2;
    private const int Kill = 9;

    /// <summary>Ends a process without giving it a chance. Only for fencing: while virt-sparsify works this can lose vital bytes.</summary>
    public static void KillNow(int process) => _ = Send(process, Kill);

    /// <summary>SIGINT: virt-sparsify ends after its step.</summary>
    public static void Interrupt(int process) => _ = Send(process, Interrupted);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Send(int process, int signal);
}
