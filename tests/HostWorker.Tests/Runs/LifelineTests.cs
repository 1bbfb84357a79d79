using System.Diagnostics;
using Sparsify.Contracts;
using Sparsify.HostWorker.Processes;
using Sparsify.HostWorker.Runs;
using Sparsify.Testing.Disks;
using Xunit;

namespace Sparsify.HostWorker.Tests.Runs;

/// <summary>Which signals the run gets, told by a stand-in that writes them down: the real tool does not say.</summary>
public sealed partial class LifelineTests
{
    private const string StandIn = """
        #!/bin/bash
        case $1 in --version) echo 'stand-in 1.0'; exit ;; --machine-readable) echo in-place; exit ;; esac
        [[ -e $(dirname "$0")/instant ]] && exit 3
        log=$(dirname "$0")/signals
        echo started >>"$log"
        for signal in TERM HUP; do trap "echo $signal >>'$log'" "$signal"; done
        trap "echo INT >>'$log'; sleep 1; echo ended >>'$log'; exit 1" INT
        (trap '' INT; exec sleep 30 >/dev/null 2>&1) & echo "$!" >"$(dirname "$0")/child"
        [[ -e $(dirname "$0")/stubborn ]] && trap "echo INT >>'$log'" INT
        for i in {1..300}; do echo working >&2; sleep 0.1; done
        """;

    [Fact]
    public async Task A_stop_is_one_SIGINT_and_its_children_are_left_to_it()
    {
        using var worker = await CreateAsync();
        using var stop = new CancellationTokenSource();
        var run = worker.RunAsync(worker.File("disk.img"), VolumeFormat.Raw, stop: stop.Token);
        await StartedAsync(worker);
        await stop.CancelAsync();
        var result = await run;
        Assert.Equal(["started", "INT", "ended"], await SignalsAsync(worker));
        Assert.Equal((1, false), (result.ExitCode, result.Killed));
        var child = int.Parse(await File.ReadAllTextAsync(worker.Folder.File("child"), TestContext.Current.CancellationToken), System.Globalization.CultureInfo.InvariantCulture);
        Assert.NotNull(ProcessTree.StartOf(child));
        Signals.KillNow(child);
    }

    [Fact]
    public async Task A_fence_ends_a_run_that_does_not_heed_and_everything_below_it()
    {
        using var worker = await CreateAsync();
        await File.WriteAllTextAsync(worker.Folder.File("stubborn"), "", TestContext.Current.CancellationToken);
        using var stop = new CancellationTokenSource();
        using var fence = new CancellationTokenSource();
        var run = worker.RunAsync(worker.File("disk.img"), VolumeFormat.Raw, stop: stop.Token, fence: fence.Token);
        await StartedAsync(worker);
        await stop.CancelAsync();
        await Task.Delay(500, TestContext.Current.CancellationToken);
        Assert.False(run.IsCompleted);
        await fence.CancelAsync();
        Assert.True((await run).Killed);
        var child = int.Parse(await File.ReadAllTextAsync(worker.Folder.File("child"), TestContext.Current.CancellationToken), System.Globalization.CultureInfo.InvariantCulture);
        Assert.Null(ProcessTree.StartOf(child));
    }

    [Fact]
    public async Task A_worker_that_does_not_renew_the_lease_loses_its_run_even_when_it_is_frozen()
    {
        using var worker = await CreateAsync();
        await File.WriteAllTextAsync(worker.Folder.File("stubborn"), "", TestContext.Current.CancellationToken);
        var pipe = new LifelinePipe(TimeSpan.FromSeconds(2), TimeProvider.System);
        void Renew() => pipe.Hold(TimeProvider.System.GetTimestamp(), TimeSpan.FromSeconds(4));
        // A lease that was over before the run had started, and was renewed since, does not end it.
        pipe.Hold(TimeProvider.System.GetTimestamp(), TimeSpan.Zero);
        Renew();
        var run = worker.RunAsync(worker.File("disk.img"), VolumeFormat.Raw, pipe: pipe);
        await StartedAsync(worker);
        for (var i = 0; i < 6; i++)
        {
            Renew();
            await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        }

        // Longer than one lease, and still there; from here on nobody says anything.
        Assert.Equal(["started"], await SignalsAsync(worker));
        Assert.True((await run.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken)).Killed);
        Assert.Equal(["started", "INT"], await SignalsAsync(worker));
        var child = int.Parse(await File.ReadAllTextAsync(worker.Folder.File("child"), TestContext.Current.CancellationToken), System.Globalization.CultureInfo.InvariantCulture);
        Assert.Null(ProcessTree.StartOf(child));
    }

    [Fact]
    public async Task A_worker_that_dies_leaves_a_run_that_gets_one_SIGINT_and_can_still_speak()
    {
        using var worker = await CreateAsync();
        var pipe = new LifelinePipe(TimeSpan.FromSeconds(20), TimeProvider.System);
        var arguments = Lifeline.Arguments(worker.Folder.File("pid"), pipe, worker.Options.VirtSparsify, ["--in-place", worker.File("disk.img")]);
        using var lifeline = Process.Start(new ProcessStartInfo("bash", arguments) { RedirectStandardInput = true, RedirectStandardError = true })!;
        await StartedAsync(worker);
        // Both pipes go with the worker; what the run says meets nobody, which must not kill it.
        lifeline.StandardError.Dispose();
        await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        lifeline.StandardInput.Dispose();
        await lifeline.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.Equal(1, lifeline.ExitCode);
        Assert.Equal(["started", "INT", "ended"], await SignalsAsync(worker));
    }

    [Fact]
    public async Task A_lifeline_whose_first_process_is_killed_still_ends_the_run_and_goes_with_it()
    {
        using var worker = await CreateAsync();
        var process = new TaskCompletionSource<int>();
        var pipe = new LifelinePipe(TimeSpan.FromSeconds(20), TimeProvider.System);
        pipe.Hold(TimeProvider.System.GetTimestamp(), TimeSpan.FromMinutes(5));
        var run = worker.RunAsync(worker.File("disk.img"), VolumeFormat.Raw, started: id => process.TrySetResult(id), pipe: pipe);
        await StartedAsync(worker);
        var id = await process.Task;
        var lifeline = await LifelineOfAsync(id);
        Signals.KillNow(lifeline[0]);
        Assert.True((await run.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken)).Killed);
        Assert.Equal(["started", "INT", "ended"], await SignalsAsync(worker));
        var child = int.Parse(await File.ReadAllTextAsync(worker.Folder.File("child"), TestContext.Current.CancellationToken), System.Globalization.CultureInfo.InvariantCulture);
        Signals.KillNow(child);
        // Not when the lease is over: an attempt waits for all processes of its run.
        var watch = Stopwatch.StartNew();
        while (lifeline.Any(p => ProcessTree.StartOf(p) is not null))
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), "The lifeline is still there.");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task A_run_that_somebody_else_kills_is_known_as_killed()
    {
        using var worker = await CreateAsync();
        var process = new TaskCompletionSource<int>();
        var run = worker.RunAsync(worker.File("disk.img"), VolumeFormat.Raw, started: id => process.TrySetResult(id));
        await StartedAsync(worker);
        var id = await process.Task;
        foreach (var child in ProcessTree.DescendantsOf(id))
            Signals.KillNow(child);
        Signals.KillNow(id);
        Assert.True((await run).Killed);
    }

    [Fact]
    public async Task A_run_that_ends_before_anybody_can_wait_for_it_is_known_to_have_ended()
    {
        using var worker = await CreateAsync();
        await File.WriteAllTextAsync(worker.Folder.File("instant"), "", TestContext.Current.CancellationToken);
        var runs = Enumerable.Range(0, 40).Select(_ => worker.RunAsync(worker.File("disk.img"), VolumeFormat.Raw));
        var results = await Task.WhenAll(runs).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.All(results, result => Assert.Equal((3, false), (result.ExitCode, result.Killed)));
    }

    [Fact]
    public async Task A_run_that_cannot_be_noted_and_so_not_be_found_again_is_not_started()
    {
        using var worker = await CreateAsync();
        var folder = worker.Folder.Folder("run-without-note");
        Directory.CreateDirectory(Path.Combine(folder, "virt-sparsify.pid"));
        var result = await worker.RunAsync(worker.File("disk.img"), VolumeFormat.Raw, folder: folder).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.Equal((125, false, false), (result.ExitCode, result.Killed, File.Exists(worker.Folder.File("signals"))));
        var (error, retryable) = FailureClassification.Classify(result.ExitCode, result.ErrorTail);
        Assert.Equal((FailureKind.HostNotCapable, true), (error.Kind, retryable));
        Assert.Contains("scratch folder", error.Message, StringComparison.Ordinal);
    }

    private static async Task<Worker> CreateAsync()
    {
        var worker = new Worker();
        var tool = worker.Folder.File("virt-sparsify");
        await File.WriteAllTextAsync(tool, StandIn);
        await Tools.RunAsync("chmod", "+x", tool);
        worker.Options.VirtSparsify = tool;
        await File.WriteAllTextAsync(worker.File("disk.img"), "");
        return worker;
    }

    /// <summary>All processes of the lifeline, the first one first.</summary>
    private static async Task<int[]> LifelineOfAsync(int program)
    {
        var parent = int.Parse((await Tools.RunAsync("ps", "-o", "ppid=", "-p", program.ToString(System.Globalization.CultureInfo.InvariantCulture))).Trim(), System.Globalization.CultureInfo.InvariantCulture);
        return [parent, .. ProcessTree.DescendantsOf(parent).Where(Lifeline.Is)];
    }

    private static async Task StartedAsync(Worker worker)
    {
        var watch = Stopwatch.StartNew();
        while (!File.Exists(worker.Folder.File("child")))
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), "The stand-in did not start.");
            await Task.Delay(50);
        }

        await Task.Delay(300);
    }

    private static async Task<string[]> SignalsAsync(Worker worker) => await File.ReadAllLinesAsync(worker.Folder.File("signals"));
}
