using Sparsify.HostWorker.Processes;

namespace Sparsify.HostWorker.Runs;

/// <summary>
/// Marks every process of a run in its environment, which its children inherit: an appliance whose parent was killed is
/// found by it, whoever its parent is now, and also where storage has no locks that would tell.
/// </summary>
internal static class RunMark
{
    /// <summary>The environment variable.</summary>
    public const string Variable = "SPARSIFY_RUN";

    /// <summary>The mark of the run whose files are in a folder.</summary>
    public static string Of(string folder) => Path.GetFileName(folder);

    /// <summary>The living processes of a run, its lifeline among them.</summary>
    public static IReadOnlyList<int> ProcessesOf(string mark) => ProcessTree.WithEnvironment($"{Variable}={mark}");
}
