using CliWrap;
using CliWrap.Buffered;

namespace Sparsify.HostWorker.Processes;

/// <summary>Runs a short tool and returns what it says.</summary>
internal static class ToolOutput
{
    /// <summary>Null when the tool is not installed.</summary>
    /// <exception cref="TimeoutException">The tool did not end in time.</exception>
    public static async Task<BufferedCommandResult?> RunAsync(
        string tool, IEnumerable<string> arguments, TimeSpan timeout, IReadOnlyDictionary<string, string?>? environment = null, CancellationToken cancellationToken = default)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            return await Cli.Wrap(tool).WithArguments(arguments)
                .WithEnvironmentVariables(new Dictionary<string, string?>(environment ?? new Dictionary<string, string?>()) { ["LC_ALL"] = "C" })
                .WithValidation(CommandResultValidation.None)
                .ExecuteBufferedAsync(limit.Token);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"{tool} did not end within {timeout}.");
        }
    }
}
