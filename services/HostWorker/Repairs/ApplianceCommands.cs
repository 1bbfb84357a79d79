using System.Text;
using CliWrap;
using Sparsify.Contracts;
using Sparsify.HostWorker.Capabilities;
using Sparsify.HostWorker.Runs;

namespace Sparsify.HostWorker.Repairs;

/// <summary>Runs commands of guestfish(1) on one volume, in an appliance of its own, which takes qemu's image lock. It ends when this process dies and when the lease is not renewed.</summary>
internal sealed class ApplianceCommands(AppliancePreparation appliance)
{
    private const int TailCharacters = 8 * 1024;

    /// <summary>Runs the commands one after another; the first that fails ends the rest.</summary>
    /// <param name="path">The volume's real path.</param>
    /// <param name="format">Its format; always given, never probed.</param>
    /// <param name="commands">Each with its arguments. They reach no shell.</param>
    /// <param name="folder">A folder for the run's files.</param>
    /// <param name="pipe">Told how long the lease holds.</param>
    /// <param name="stop">Ends it.</param>
    /// <returns>The exit code, and what it said when that is not 0.</returns>
    public async Task<(int ExitCode, string Said)> RunAsync(string path, VolumeFormat format, IEnumerable<IReadOnlyList<string>> commands, string folder, LifelinePipe pipe, CancellationToken stop)
    {
        await using var stopping = stop.Register(pipe.Stop);
        var tail = new TailBuffer(TailCharacters);
        string[] arguments = [$"--format={(format == VolumeFormat.Qcow2 ? "qcow2" : "raw")}", $"--add={path}", "run", .. commands.SelectMany(c => c.Prepend(":"))];
        var result = await Cli.Wrap("bash").WithArguments(Lifeline.Arguments(Path.Combine(folder, "repair.pid"), pipe, "guestfish", arguments))
            .WithEnvironmentVariables(appliance.Environment)
            .WithStandardInputPipe(pipe.Source)
            .WithStandardOutputPipe(PipeTarget.Null)
            .WithStandardErrorPipe(PipeTarget.ToDelegate(tail.AppendLine, Encoding.UTF8))
            .WithValidation(CommandResultValidation.None)
            .ExecuteAsync(CancellationToken.None);
        return (result.ExitCode, tail.ToString());
    }
}
