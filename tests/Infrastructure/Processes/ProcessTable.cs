using System.Diagnostics;
using System.Globalization;

namespace Sparsify.Testing.Processes;

/// <summary>Looks at processes that somebody else started, and ends them. Source: proc(5).</summary>
public static class ProcessTable
{
    /// <summary>Whether a process lives; one that nobody has waited for yet does not.</summary>
    public static bool IsAlive(int process) => StatusOf(process) is { } status && status[0] is not "Z";

    /// <summary>The parent; 0 when no such process lives.</summary>
    public static int ParentOf(int process) => StatusOf(process) is { } status ? int.Parse(status[1], CultureInfo.InvariantCulture) : 0;

    /// <summary>The children, oldest first.</summary>
    public static IReadOnlyList<int> ChildrenOf(int process)
    {
        try
        {
            return [.. Directory.GetDirectories($"/proc/{process}/task").SelectMany(thread => Numbers(Read(Path.Combine(thread, "children"))))];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    /// <summary>All descendants.</summary>
    public static IReadOnlyList<int> Below(int process) => [.. ChildrenOf(process).SelectMany(child => Below(child).Prepend(child))];

    /// <summary>The program and its arguments; empty when no such process lives.</summary>
    public static string[] CommandLineOf(int process) => Read($"/proc/{process}/cmdline").Split('\0', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>All living processes whose program and arguments satisfy a condition.</summary>
    public static IReadOnlyList<int> Where(Func<string[], bool> commandLine) =>
        [.. Directory.GetDirectories("/proc").SelectMany(folder => Numbers(Path.GetFileName(folder))).Where(process => commandLine(CommandLineOf(process)) && IsAlive(process))];

    /// <summary>SIGKILL to all, one right after another.</summary>
    public static void Kill(IEnumerable<int> processes)
    {
        foreach (var process in processes)
        {
            try
            {
                using var victim = Process.GetProcessById(process);
                victim.Kill();
            }
            catch (Exception e) when (e is ArgumentException or InvalidOperationException)
            {
                // It had ended.
            }
        }
    }

    /// <summary>Waits until none of them lives.</summary>
    public static async Task GoneAsync(IReadOnlyCollection<int> processes)
    {
        while (processes.Any(IsAlive))
            await Task.Delay(20);
    }

    /// <summary>The fields of a process's status from the state on. The program's name before it may hold anything.</summary>
    private static string[]? StatusOf(int process) => Read($"/proc/{process}/stat") is { Length: > 0 } text ? text[(text.LastIndexOf(')') + 2)..].Split(' ') : null;

    private static IEnumerable<int> Numbers(string text) =>
        text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(word => word.All(char.IsAsciiDigit)).Select(word => int.Parse(word, CultureInfo.InvariantCulture));

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
