using System.Text;
using CliWrap;
using Sparsify.Contracts;
using Sparsify.HostWorker.Capabilities;
using Sparsify.HostWorker.Images;
using Sparsify.HostWorker.Runs;

namespace Sparsify.HostWorker.Repairs;

/// <summary>The tools that put something back on one volume. Each takes qemu's image lock, and ends when this process dies and when the lease is not renewed.</summary>
internal sealed class RepairTools(AppliancePreparation appliance)
{
    private const int TailCharacters = 8 * 1024;

    /// <summary>Runs commands of guestfish(1) one after another, in an appliance of their own; the first that fails ends the rest.</summary>
    /// <param name="path">The volume's real path.</param>
    /// <param name="format">Its format; always given, never probed.</param>
    /// <param name="commands">Each with its arguments. They reach no shell.</param>
    /// <param name="folder">A folder for the run's files.</param>
    /// <param name="pipe">Told how long the lease holds.</param>
    /// <param name="stop">Ends it.</param>
    /// <returns>Why it failed; null when it did not.</returns>
    public Task<OperationError?> RunInApplianceAsync(string path, VolumeFormat format, IEnumerable<IReadOnlyList<string>> commands, string folder, LifelinePipe pipe, CancellationToken stop) =>
        RunAsync("guestfish", [$"--format={format.Word()}", $"--add={path}", "run", .. commands.SelectMany(c => c.Prepend(":"))], folder, pipe, stop);

    /// <summary>Frees the clusters of an image that nothing refers to. Data is not touched. Source: qemu-img(1), "check -r leaks".</summary>
    /// <inheritdoc cref="RunInApplianceAsync" />
    public Task<OperationError?> FreeLeaksAsync(string path, VolumeFormat format, string folder, LifelinePipe pipe, CancellationToken stop) =>
        RunAsync("qemu-img", ["check", "-q", "-r", "leaks", "-f", format.Word(), path], folder, pipe, stop);

    private async Task<OperationError?> RunAsync(string tool, IEnumerable<string> arguments, string folder, LifelinePipe pipe, CancellationToken stop)
    {
        await using var stopping = stop.Register(pipe.Stop);
        var tail = new TailBuffer(TailCharacters);
        var result = await Cli.Wrap("bash").WithArguments(Lifeline.Arguments(Path.Combine(folder, $"{tool}{RunProcess.FileSuffix}"), pipe, tool, arguments))
            .WithEnvironmentVariables(appliance.EnvironmentOf(RunMark.Of(folder)))
            .WithStandardInputPipe(pipe.Source)
            .WithStandardOutputPipe(PipeTarget.Null)
            .WithStandardErrorPipe(PipeTarget.ToDelegate(tail.AppendLine, Encoding.UTF8))
            .WithValidation(CommandResultValidation.None)
            .ExecuteAsync(CancellationToken.None);
        return result.ExitCode == 0 ? null : FailureClassification.Classify(result.ExitCode, tail.ToString(), tool).Error;
    }
}
