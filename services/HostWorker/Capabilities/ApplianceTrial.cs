using System.Globalization;
using Microsoft.Extensions.Options;
using Sparsify.HostWorker.Processes;

namespace Sparsify.HostWorker.Capabilities;

/// <summary>
/// Starts the appliance with KVM and with emulation side by side. KVM is chosen unless it takes more than twice as long: on
/// some machines the appliance dies under it, and on others, virtual ones themselves, it hangs there or boots for minutes.
/// </summary>
internal sealed class ApplianceTrial(IOptions<HostWorkerOptions> options, TimeProvider time, ILogger logger)
{
    private readonly List<string> _failures = [];

    /// <summary>Why the appliance did not start, in the tools' words, accelerator by accelerator.</summary>
    public string Failure => string.Join(" ", _failures);

    /// <summary>Starts it with one or two accelerators. What does not win is killed.</summary>
    /// <param name="accelerators">The preferred one first.</param>
    /// <param name="environmentFor">What a run with one of them needs.</param>
    /// <param name="cancellationToken">Ends them.</param>
    /// <returns>The accelerator to use, and what the tool can do; null when it starts with none, and <see cref="Failure"/> says why.</returns>
    public async Task<(string Accelerator, IReadOnlyList<string> Features)?> RunAsync(
        IReadOnlyList<string> accelerators, Func<string, IReadOnlyDictionary<string, string?>> environmentFor, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var starts = accelerators.Select(a => StartAsync(a, environmentFor(a), stop.Token)).ToList();
        var (preferred, other) = (starts[0], starts[^1]);
        try
        {
            await Task.WhenAny(starts);
            if (!preferred.IsCompleted && await other is not null)
                await Task.WhenAny(preferred, Task.Delay(time.GetElapsedTime(begun), time, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
            if ((preferred.IsCompleted || await other is null) && await preferred is { } features)
                return (accelerators[0], features);
            if (!preferred.IsCompleted)
                logger.LogWarning("The appliance starts with {Other}, and takes more than twice as long with {Preferred}, which is not used.", accelerators[^1], accelerators[0]);
            return await other is { } found ? (accelerators[^1], found) : null;
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(starts).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    private async Task<IReadOnlyList<string>?> StartAsync(string accelerator, IReadOnlyDictionary<string, string?> environment, CancellationToken cancellationToken)
    {
        var limit = options.Value.ApplianceStartLimit;
        // When this worker is killed, an appliance that hangs would stay for ever.
        var orphanLimit = (2 * limit.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        string failure;
        try
        {
            var run = await ToolOutput.RunAsync("timeout", ["--signal=KILL", orphanLimit, options.Value.VirtSparsify, "--machine-readable"], limit, environment, cancellationToken);
            if (run is { ExitCode: 0 })
                return [.. run.StandardOutput.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
            failure = ErrorOf(run?.StandardError);
        }
        catch (TimeoutException)
        {
            failure = $"'{options.Value.VirtSparsify} --machine-readable' did not end within {limit}.";
        }

        lock (_failures)
            _failures.Add($"The appliance does not start with {accelerator}: {failure}");
        logger.LogWarning("The appliance does not start with {Accelerator}: {Failure}", accelerator, failure);
        return null;
    }

    private static string ErrorOf(string? text) =>
        text?.Split('\n', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault(l => l.Contains("error", StringComparison.OrdinalIgnoreCase)) ?? "it said nothing";
}
