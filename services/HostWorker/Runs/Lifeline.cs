using Sparsify.HostWorker.Processes;

namespace Sparsify.HostWorker.Runs;

/// <summary>The tiny parent of a program that works on a disk: it ends the program when that is asked for, when this process dies, and when the lease is not renewed in time.</summary>
internal static class Lifeline
{
    private const string Name = "lifeline";
    private static readonly string Script = ReadScript();

    /// <summary>The arguments of bash.</summary>
    /// <param name="pidFile">Where the program's process id is written.</param>
    /// <param name="pipe">The standard input, for its grace and the lease that holds now.</param>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments; they reach no shell.</param>
    public static IReadOnlyList<string> Arguments(string pidFile, LifelinePipe pipe, string program, IEnumerable<string> arguments) =>
        ["-c", Script, Name, pidFile, pipe.Grace, pipe.Left, program, .. arguments];

    /// <summary>Whether a process is a lifeline.</summary>
    public static bool Is(int process) => ProcessTree.CommandLineOf(process).Contains(Name);

    private static string ReadScript()
    {
        using var stream = typeof(Lifeline).Assembly.GetManifestResourceStream("lifeline.sh")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
