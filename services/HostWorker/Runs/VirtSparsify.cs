using System.Text;
using CliWrap;
using Microsoft.Extensions.Options;
using Sparsify.Contracts;
using Sparsify.HostWorker.Capabilities;
using Sparsify.HostWorker.Images;
using Sparsify.HostWorker.Processes;

namespace Sparsify.HostWorker.Runs;

/// <summary>
/// Runs <c>virt-sparsify --in-place</c> on one volume under a lifeline: it gets SIGINT when it is to stop, when this
/// process dies and when its lease is not renewed, and no other signal while it works, except by fencing.
/// </summary>
internal sealed class VirtSparsify(IOptions<HostWorkerOptions> options, AppliancePreparation appliance, TimeProvider time)
{
    private const int TailCharacters = 4 * 1024;
    private const int ComplaintCharacters = 8 * 1024;
    private static readonly string[] Complaints = ["error", "fail", "fatal", "cannot", "could not", "denied", "another process", "no space", "timed out", "stale"];
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>Runs to the end, whatever comes.</summary>
    /// <param name="path">The volume's real path.</param>
    /// <param name="format">Its format; always given, never probed.</param>
    /// <param name="plan">What it will work on.</param>
    /// <param name="folder">An empty folder for the run's files.</param>
    /// <param name="started">Called with the id of the process.</param>
    /// <param name="progressed">Called a few times a second.</param>
    /// <param name="pipe">Told how long the lease holds.</param>
    /// <param name="stop">Asks it to end with SIGINT.</param>
    /// <param name="fence">Ends it and its qemu with SIGKILL: only when the right to the disk is lost and SIGINT did not end it.</param>
    public async Task<RunResult> RunAsync(
        string path, VolumeFormat format, RunPlan plan, string folder, Action<int> started, Action<RunProgress> progressed, LifelinePipe pipe, CancellationToken stop, CancellationToken fence)
    {
        var messages = Path.Combine(folder, "messages");
        var pidFile = Path.Combine(folder, $"virt-sparsify{RunProcess.FileSuffix}");
        await File.WriteAllTextAsync(messages, "", CancellationToken.None);
        await using var stopping = stop.Register(pipe.Stop);
        var tail = new TailBuffer(TailCharacters);
        var complaints = new TailBuffer(ComplaintCharacters);
        var progress = new RunProgress(plan);
        string[] arguments = [$"--machine-readable=file:{messages}", "-q", "-v", "-x", "--in-place", "--format", format.Word(), path];
        var command = Cli.Wrap("bash").WithArguments(Lifeline.Arguments(pidFile, pipe, options.Value.VirtSparsify, arguments))
            .WithEnvironmentVariables(appliance.EnvironmentOf(RunMark.Of(folder)))
            .WithStandardInputPipe(pipe.Source)
            .WithStandardOutputPipe(PipeTarget.Null)
            .WithStandardErrorPipe(PipeTarget.ToDelegate(KeepErrorLine, Encoding.UTF8))
            .WithValidation(CommandResultValidation.None);
        // No token: killing the lifeline would leave the run without one.
        var running = command.ExecuteAsync(CancellationToken.None).Task;
        var reader = new MessageReader(messages);
        RunProcess? process = null;
        var killed = false;
        while (!running.IsCompleted)
        {
            await Task.WhenAny(running, Task.Delay(PollInterval, time, CancellationToken.None));
            if (process is null && (process = RunProcess.TryRead(pidFile)) is not null)
                started(process.Id);
            if (fence.IsCancellationRequested && process is not null && !killed)
            {
                killed = true;
                // Its id may be another's by now.
                if (process.IsAlive)
                    ProcessTree.KillAll(process.Id);
            }

            See(reader, progress);
            progressed(progress);
        }

        var result = await running;
        See(reader, progress);
        // 128 + n: ended by a signal. SIGINT is handled by virt-sparsify itself and ends with 1.
        return new RunResult(result.ExitCode, progress, $"{complaints}\n… {tail}", killed || result.ExitCode > 128);

        void KeepErrorLine(string line)
        {
            tail.AppendLine(line);
            if (IsComplaint(line))
                complaints.AppendLine(line);
            progress.SeeErrorLine(line);
        }
    }

    /// <summary>The verbose output ends with pages of tidying up: what went wrong stands far above them.</summary>
    private static bool IsComplaint(string line) =>
        !line.Contains(" trace: get_", StringComparison.Ordinal) && Complaints.Any(word => line.Contains(word, StringComparison.OrdinalIgnoreCase));

    private static void See(MessageReader reader, RunProgress progress)
    {
        foreach (var line in reader.ReadNew())
        {
            if (RunMessage.Parse(line) is { } message)
                progress.See(message);
        }
    }
}
