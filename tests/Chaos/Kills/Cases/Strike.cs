using System.Diagnostics;
using Sparsify.Chaos.Kills.Plans;
using Sparsify.Testing.Processes;

namespace Sparsify.Chaos.Kills.Cases;

/// <summary>Waits for the moment of a kill, and kills.</summary>
/// <param name="Reached">What the run had said last.</param>
/// <param name="After">Counted from the start of the part.</param>
/// <param name="Missed">The run was over before the moment.</param>
internal sealed record Strike(string Reached, TimeSpan After, bool Missed)
{
    private const string Boot = "(start)";

    /// <summary>Does it.</summary>
    /// <param name="plan">Who and when.</param>
    /// <param name="run">The run.</param>
    /// <param name="worker">Its worker.</param>
    /// <param name="course">How an undisturbed run goes.</param>
    public static async Task<Strike> OnAsync(KillPlan plan, RunProcesses run, int worker, Course course)
    {
        var begun = Stopwatch.StartNew();
        var wait = plan.Share * course.Length;
        if (plan.BeginsWith is { } message)
        {
            while (!run.Messages.Contains($"\"{message}\"", StringComparison.Ordinal))
            {
                if (!ProcessTable.IsAlive(run.VirtSparsify))
                    return Miss(run);
                await Task.Delay(1);
            }

            begun.Restart();
            wait = plan.Delay ?? plan.Share * course.Parts[message];
        }

        // Looked up before the moment, which may be a thousandth of a second long.
        var victims = VictimsOf(plan.Victims, run.Again(), worker);
        while (begun.Elapsed < wait || victims.Count == 0)
        {
            if (!ProcessTable.IsAlive(run.VirtSparsify))
                return Miss(run);
            var left = wait - begun.Elapsed;
            if (left > TimeSpan.FromMilliseconds(100) || victims.Count == 0)
                victims = VictimsOf(plan.Victims, run.Again(), worker);
            if (left > TimeSpan.FromMilliseconds(2))
                await Task.Delay(left > TimeSpan.FromMilliseconds(100) ? 50 : 1);
        }

        var after = begun.Elapsed;
        ProcessTable.Kill(victims);
        return new Strike(Said(run), after, false);
    }

    /// <summary>In the order in which they are killed; none while one that is to be killed is not there yet.</summary>
    private static IReadOnlyList<int> VictimsOf(Victims victims, RunProcesses run, int worker) => victims switch
    {
        Victims.Worker => [worker],
        Victims.VirtSparsify => [run.VirtSparsify],
        Victims.Qemu => run.Qemu is { } qemu ? [qemu] : [],
        Victims.Lifeline => [run.Lifeline],
        Victims.WorkerAndLifeline => run.Watcher is { } watcher ? [worker, run.Lifeline, watcher, .. ProcessTable.Below(watcher)] : [],
        Victims.All => [worker, run.Lifeline, .. ProcessTable.Below(run.Lifeline)],
        _ => throw new ArgumentOutOfRangeException(nameof(victims)),
    };

    private static Strike Miss(RunProcesses run) => new(Said(run), TimeSpan.Zero, true);

    private static string Said(RunProcesses run)
    {
        try
        {
            return Course.Read(run.Messages) is [.., var last] ? last.Text : Boot;
        }
        catch (IOException)
        {
            return "(its folder is gone)";
        }
    }
}
