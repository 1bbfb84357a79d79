using System.Diagnostics;
using System.Globalization;
using Sparsify.Chaos.Kills.Disks;
using Sparsify.Testing.Disks;
using Sparsify.Testing.Processes;

namespace Sparsify.Chaos.Kills.Cases;

/// <summary>The disk as the bare tool would have left it: copied when the run is over, before anything looks after it.</summary>
internal static class BareCopy
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    /// <summary>Waits for the end of the run and copies the image. Workers stand still meanwhile.</summary>
    /// <param name="run">The run.</param>
    /// <param name="image">The image.</param>
    /// <param name="copy">Where to.</param>
    /// <param name="workers">The workers that live.</param>
    /// <returns>False when somebody had the image again before it could be copied.</returns>
    /// <exception cref="TimeoutException">The run does not end.</exception>
    public static async Task<bool> TakeAsync(RunProcesses run, string image, string copy, Func<IReadOnlyList<int>> workers)
    {
        var watch = Stopwatch.StartNew();
        while (ProcessTable.IsAlive(run.VirtSparsify) || RunProcesses.UsersOf(image).Count > 0)
        {
            if (watch.Elapsed > Limit)
                throw new TimeoutException($"{Limit} after the kill processes {string.Join(", ", RunProcesses.UsersOf(image))} still have the image.");
            await Task.Delay(10);
        }

        var frozen = workers();
        await SignalAsync("-STOP", frozen);
        try
        {
            if (RunProcesses.UsersOf(image).Count > 0)
                return false;
            await Masters.CopyAsync(image, copy);
            return true;
        }
        finally
        {
            await SignalAsync("-CONT", frozen);
        }
    }

    private static async Task SignalAsync(string signal, IReadOnlyList<int> processes)
    {
        if (processes.Count > 0)
            await Tools.RunAsync("kill", [signal, .. processes.Select(p => p.ToString(CultureInfo.InvariantCulture))]);
    }
}
