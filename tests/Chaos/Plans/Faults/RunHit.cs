using System.Globalization;
using Sparsify.Chaos.Fleet;
using Sparsify.Testing.Disks;

namespace Sparsify.Chaos.Faults;

/// <summary>Processes of one run that goes on then get SIGKILL, or SIGSTOP and SIGCONT later.</summary>
/// <param name="At">When.</param>
/// <param name="Lasting">How long a frozen one stays so.</param>
/// <param name="Which">Which of its processes.</param>
/// <param name="Number">Which run: its number among those that go on, by this modulo.</param>
/// <param name="Kill">SIGKILL; else frozen.</param>
/// <param name="Worker">The worker that started it as well.</param>
public sealed record RunHit(TimeSpan At, TimeSpan Lasting, RunProcess Which, int Number, bool Kill, bool Worker) : Fault(At, Lasting)
{
    /// <inheritdoc />
    public override async Task HappenAsync(ChaosFleet fleet)
    {
        var runs = RunProcesses.Find(fleet).GroupBy(p => p.Run).OrderBy(r => r.Key, StringComparer.Ordinal).ToList();
        if (runs.Count == 0)
            return;
        var run = runs[Number % runs.Count].ToList();
        var worker = Worker ? fleet.Workers.FirstOrDefault(w => run[0].Folder.StartsWith(fleet.ScratchOf(w.Name) + "/", StringComparison.Ordinal)) : null;
        // The worker first, so that it sees nothing of it.
        if (worker is not null)
            await (Kill ? worker.KillAsync() : worker.FreezeAsync());
        await SignalAsync(run, Kill ? "-KILL" : "-STOP");
        await Task.Delay(Lasting);
        if (!Kill)
            await SignalAsync(run, "-CONT");
        if (worker is not null)
            await (Kill ? worker.StartAsync() : worker.ThawAsync());
    }

    /// <inheritdoc />
    public override string ToString() => $"{(Kill ? "SIGKILL" : "SIGSTOP")} of {Which}{(Worker ? " and worker" : "")} of a run";

    private async Task SignalAsync(IReadOnlyList<RunProcesses.Found> run, string signal)
    {
        // Again and again a moment later one may be gone: kill(1) then only complains.
        var victims = run.Where(p => Which == RunProcess.All || p.Kind == Which).Select(p => p.Id.ToString(CultureInfo.InvariantCulture));
        await Tools.RunAsync("bash", ["-c", "kill \"$@\" 2>/dev/null || true", "kill", signal, .. victims]);
    }
}
