using System.Diagnostics;
using Sparsify.HostWorker.Processes;
using Sparsify.HostWorker.Runs;
using Xunit;

namespace Sparsify.HostWorker.Tests.Runs;

/// <summary>What a lifeline does of which nobody says or hears anything.</summary>
public sealed partial class LifelineTests
{
    [Fact]
    public async Task A_worker_that_is_frozen_before_it_has_said_anything_leaves_a_run_that_ends_with_its_lease()
    {
        using var worker = await CreateAsync();
        await File.WriteAllTextAsync(worker.Folder.File("stubborn"), "", TestContext.Current.CancellationToken);
        var pipe = new LifelinePipe(TimeSpan.FromSeconds(1), TimeProvider.System);
        pipe.Hold(TimeProvider.System.GetTimestamp(), TimeSpan.FromSeconds(3));
        var arguments = Lifeline.Arguments(worker.Folder.File("pid"), pipe, worker.Options.VirtSparsify, ["--in-place", worker.File("disk.img")]);
        using var lifeline = Process.Start(new ProcessStartInfo("bash", arguments) { RedirectStandardInput = true, RedirectStandardError = true })!;
        await StartedAsync(worker);
        await lifeline.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(15), TestContext.Current.CancellationToken);
        Assert.Equal(128 + 9, lifeline.ExitCode);
        Assert.Equal(["started", "INT"], await SignalsAsync(worker));
    }

    [Fact]
    public async Task A_lifeline_whose_complaints_nobody_hears_still_ends_the_run()
    {
        using var worker = await CreateAsync();
        await File.WriteAllTextAsync(worker.Folder.File("stubborn"), "", TestContext.Current.CancellationToken);
        var arguments = Lifeline.Arguments(worker.Folder.File("pid"), new LifelinePipe(TimeSpan.FromSeconds(1), TimeProvider.System), worker.Options.VirtSparsify, ["--in-place", worker.File("disk.img")]);
        var start = new ProcessStartInfo("bash", arguments) { RedirectStandardInput = true, RedirectStandardError = true };
        // As bash's own does where what is to be killed has just ended.
        start.Environment["BASH_FUNC_kill%%"] = "() { [[ $1 == -INT || $1 == -0 ]] || echo no such process >&2; builtin kill \"$@\"; }";
        using var lifeline = Process.Start(start)!;
        await StartedAsync(worker);
        await lifeline.StandardInput.WriteAsync("1\n");
        lifeline.StandardError.Dispose();
        lifeline.StandardInput.Dispose();
        await lifeline.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(15), TestContext.Current.CancellationToken);
        Assert.Null(ProcessTree.StartOf(RunProcess.TryRead(worker.Folder.File("pid"))!.Id));
    }
}
