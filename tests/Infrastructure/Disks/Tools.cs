using CliWrap;
using CliWrap.Buffered;

namespace Sparsify.Testing.Disks;

/// <summary>Runs the tools that make and look into test disks.</summary>
public static class Tools
{
    /// <summary>Runs one to its end.</summary>
    /// <returns>Its standard output.</returns>
    /// <exception cref="InvalidOperationException">It failed; the message holds its error output.</exception>
    public static async Task<string> RunAsync(string tool, params string[] arguments)
    {
        // Debian keeps file system tools where ordinary users do not look.
        var run = await Cli.Wrap("env").WithArguments([$"PATH={Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin", tool, .. arguments])
            .WithValidation(CommandResultValidation.None).ExecuteBufferedAsync();
        return run.ExitCode == 0
            ? run.StandardOutput
            : throw new InvalidOperationException($"{tool} {string.Join(' ', arguments)} ended with {run.ExitCode}: {run.StandardError}{run.StandardOutput}");
    }
}
