using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Sparsify.HostWorker.Jobs;
using Sparsify.HostWorker.Processes;
using Sparsify.HostWorker.Runs;
using Sparsify.Testing.Disks;
using Xunit;

namespace Sparsify.HostWorker.Tests.Jobs;

/// <summary>What a worker finds working for its former self, told with programs that note what they get.</summary>
public sealed class FormerProcessesTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task An_orphan_is_interrupted_and_waited_for_with_everything_that_it_had_started()
    {
        using var worker = new Worker();
        var (record, log) = await OrphanAsync(worker, "trap 'echo INT >>\"$0.log\"; sleep 1; echo ended >>\"$0.log\"; exit 1' INT; (sleep 4; echo child >>\"$0.log\") & while :; do sleep 0.1; done");
        var former = Former(worker);
        var gone = former.GoneAsync(record, CancellationToken.None);
        Assert.True(former.Any);
        await gone.WaitAsync(Limit);
        Assert.False(former.Any);
        var said = await File.ReadAllLinesAsync(log, TestContext.Current.CancellationToken);
        Assert.Equal(["INT", "ended"], said.Where(word => word != "child"));
        // Its child, like an appliance, was alive longer than it was.
        Assert.Single(said, "child");
    }

    [Fact]
    public async Task An_orphan_that_does_not_heed_is_killed_after_the_grace()
    {
        using var worker = new Worker();
        worker.Options.FencingGrace = TimeSpan.FromSeconds(1);
        var (record, log) = await OrphanAsync(worker, "trap 'echo INT >>\"$0.log\"' INT; while :; do sleep 0.1; done");
        await Former(worker).GoneAsync(record, CancellationToken.None).WaitAsync(Limit);
        Assert.Equal(["INT"], await File.ReadAllLinesAsync(log, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_orphan_whose_lifeline_does_not_end_it_is_ended_all_the_same()
    {
        using var worker = new Worker();
        worker.Options.FencingGrace = TimeSpan.FromSeconds(1);
        var (record, log) = await OrphanAsync(worker, "trap 'echo INT >>\"$0.log\"' INT; while :; do sleep 0.1; done", Signal.Stop);
        var begun = Stopwatch.StartNew();
        await Former(worker).GoneAsync(record, CancellationToken.None).WaitAsync(Limit);
        Assert.Equal(["INT"], await File.ReadAllLinesAsync(log, TestContext.Current.CancellationToken));
        // The lifeline had the time that it takes: the lease, and its grace.
        Assert.True(begun.Elapsed > record.Job.LeaseDuration + worker.Options.FencingGrace, $"Only {begun.Elapsed} were waited.");
    }

    [Fact]
    public async Task What_only_passes_the_words_of_an_orphan_on_is_no_lifeline()
    {
        using var worker = new Worker();
        var (record, log) = await OrphanAsync(worker, "trap 'echo INT >>\"$0.log\"; exit 1' INT; while :; do sleep 0.1; done", Signal.KillWatchers);
        var begun = Stopwatch.StartNew();
        await Former(worker).GoneAsync(record with { Job = record.Job with { LeaseDuration = TimeSpan.FromMinutes(5) } }, CancellationToken.None).WaitAsync(Limit);
        Assert.Equal(["INT"], await File.ReadAllLinesAsync(log, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_process_that_has_the_id_of_a_former_run_and_is_another_one_is_left_alone()
    {
        using var worker = new Worker();
        var record = Record(worker);
        using var other = Process.Start("sleep", "30");
        await File.WriteAllTextAsync(Path.Combine(worker.Journal.FolderOf(record.Job), "virt-sparsify.pid"), $"{other.Id} 17\n", TestContext.Current.CancellationToken);
        await Former(worker).GoneAsync(record, CancellationToken.None).WaitAsync(Limit);
        Assert.False(other.HasExited);
        other.Kill();
    }

    /// <summary>A run whose worker and lifeline were killed together.</summary>
    private static async Task<(AttemptRecord Record, string Log)> OrphanAsync(Worker worker, string script, Signal signal = Signal.Kill)
    {
        var program = worker.Folder.File("program");
        await File.WriteAllTextAsync(program, $"#!/bin/bash\necho >\"$0.ready\"\n{script}\n");
        await Tools.RunAsync("chmod", "+x", program);
        var record = Record(worker);
        var folder = worker.Journal.FolderOf(record.Job);
        var start = new ProcessStartInfo("bash", Lifeline.Arguments(Path.Combine(folder, "virt-sparsify.pid"), new LifelinePipe(TimeSpan.FromSeconds(5), TimeProvider.System), program, [])) { RedirectStandardInput = true };
        start.Environment[RunMark.Variable] = RunMark.Of(folder);
        using var lifeline = Process.Start(start)!;
        while (!File.Exists(program + ".ready") || !RunProcess.In(folder).Any())
            await Task.Delay(20);
        foreach (var watcher in RunMark.ProcessesOf(RunMark.Of(folder)).Where(p => Lifeline.Is(p) && (signal != Signal.KillWatchers || p == lifeline.Id || IsWatcher(p))))
            await Tools.RunAsync("kill", signal == Signal.Stop ? "-STOP" : "-KILL", watcher.ToString(System.Globalization.CultureInfo.InvariantCulture));
        if (signal != Signal.Stop)
            await lifeline.WaitForExitAsync();
        Assert.True(RunProcess.In(folder).Single().IsAlive);
        return (record, program + ".log");
    }

    /// <summary>It reads what the worker says.</summary>
    private static bool IsWatcher(int process) => File.Exists($"/proc/{process}/fd/3");

    private static AttemptRecord Record(Worker worker)
    {
        var record = new AttemptRecord { Job = Worker.Job() with { LeaseDuration = TimeSpan.FromSeconds(3) } };
        Assert.True(worker.Journal.TryAdd(record));
        return record;
    }

    /// <summary>What befalls the lifeline.</summary>
    private enum Signal
    {
        Kill,
        KillWatchers,
        Stop,
    }

    private static FormerProcesses Former(Worker worker) => new(worker.Journal, worker.Wrapped, TimeProvider.System, NullLogger<FormerProcesses>.Instance);
}
