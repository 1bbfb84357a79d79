using System.Diagnostics;
using Sparsify.Contracts;
using Sparsify.HostWorker.Jobs;
using Sparsify.HostWorker.Tests.Presence;
using Sparsify.Testing.Disks;
using Xunit;

namespace Sparsify.HostWorker.Tests.Jobs;

/// <summary>What becomes of an attempt that does not go as it should.</summary>
public sealed class JobRunnerTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task What_takes_too_long_after_a_run_leaves_the_disk_to_be_looked_at()
    {
        await using var worker = await RunningWorker.StartAsync(("RunLimit", "00:00:03"));
        await worker.MakeQcow2Async("disk.qcow2");
        await File.WriteAllTextAsync(worker.Volume("disk.qcow2.check-hangs"), "", TestContext.Current.CancellationToken);
        var failed = Assert.IsType<VolumeJobFailed>(await worker.EndOfAsync(Worker.Attempt(), Limit));
        Assert.Equal((1, false, FailureKind.HostLost), (worker.Runs, failed.EndedByItself, failed.Error.Kind));
        Assert.NotNull(failed.StartedAt);
    }

    [Theory]
    [InlineData("trap 'exit 1' INT", FailureKind.Transient, true)]
    [InlineData("trap '' INT", FailureKind.HostLost, false)]
    public async Task A_run_that_takes_longer_than_a_run_may_is_ended(string heeding, FailureKind kind, bool inOrder)
    {
        await using var worker = await RunningWorker.StartAsync(("RunLimit", "00:00:03"), ("FencingGrace", "00:00:03"));
        await worker.MakeQcow2Async("disk.qcow2");
        await worker.DuringAsync($"{heeding}; while :; do sleep 0.1; done");
        var failed = Assert.IsType<VolumeJobFailed>(await worker.EndOfAsync(Worker.Attempt(), Limit));
        Assert.Equal((kind, inOrder, inOrder), (failed.Error.Kind, failed.Retryable, failed.EndedByItself));
        Assert.Contains("took longer than a run may", failed.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_preparation_that_takes_too_long_gives_the_disk_back_and_starts_nothing()
    {
        await using var worker = await RunningWorker.StartAsync(("PreparationLimit", "00:00:02"));
        await worker.MakeQcow2Async("disk.qcow2");
        worker.Told.BeforeLeave = () => Task.Delay(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        var failed = Assert.IsType<VolumeJobFailed>(await worker.EndOfAsync(Worker.Attempt(), TimeSpan.FromSeconds(15)));
        Assert.Equal((0, true, true, FailureKind.Transient), (worker.Runs, failed.EndedByItself, failed.Retryable, failed.Error.Kind));
        Assert.Contains("00:00:02", failed.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Storage_that_hangs_in_the_preparation_keeps_no_disk_and_starts_nothing_when_it_answers_again()
    {
        await using var worker = await RunningWorker.StartAsync(("PreparationLimit", "00:00:04"));
        await worker.MakeQcow2Async("disk.qcow2");
        // Who opens a file that another has a lease on (fcntl(2), F_SETLEASE) waits for it, as for a hung mount.
        using var hanging = Process.Start(new ProcessStartInfo("perl", ["-e", "$SIG{IO} = 'IGNORE'; $| = 1; open(F, '+<', $ARGV[0]) or die; fcntl(F, 1024, 1) or die $!; print qq(hangs\\n); sleep 20", worker.Volume("disk.qcow2")]) { RedirectStandardOutput = true })!;
        Assert.Equal("hangs", await hanging.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        var failed = Assert.IsType<VolumeJobFailed>(await worker.EndOfAsync(Worker.Attempt(), Limit));
        Assert.True(hanging.HasExited);
        Assert.Equal((0, true, true), (worker.Runs, failed.EndedByItself, failed.Retryable));
        // The Orchestrator had the disk back before that. (Between the bounds is time for a machine that stands still for seconds.)
        Assert.InRange(worker.Told.Renewals.Max(), worker.Told.Renewals.Min().AddSeconds(1), worker.Told.Renewals.Min().AddSeconds(8));
    }

    [Fact]
    public async Task A_VM_that_starts_just_after_a_run_takes_nothing_from_its_result()
    {
        await using var worker = await RunningWorker.StartAsync();
        await worker.MakeQcow2Async("disk.qcow2");
        await worker.DuringAsync(StartVm);
        try
        {
            var succeeded = Assert.IsType<VolumeJobSucceeded>(await worker.EndOfAsync(Worker.Attempt(), Limit));
            Assert.Contains(succeeded.Warnings, w => w.Contains("could not be checked", StringComparison.Ordinal));
        }
        finally
        {
            await EndVmAsync(worker);
        }
    }

    [Fact]
    public async Task An_image_that_cannot_be_checked_for_another_reason_is_looked_at()
    {
        await using var worker = await RunningWorker.StartAsync();
        await worker.MakeQcow2Async("disk.qcow2");
        await File.WriteAllTextAsync(worker.Volume("disk.qcow2.check-fails"), "", TestContext.Current.CancellationToken);
        Assert.False(Assert.IsType<VolumeJobFailed>(await worker.EndOfAsync(Worker.Attempt(), Limit)).EndedByItself);
    }

    [Fact]
    public async Task A_volume_that_is_replaced_between_the_check_and_the_start_is_not_worked_on()
    {
        await using var worker = await RunningWorker.StartAsync();
        await worker.MakeQcow2Async("disk.qcow2");
        worker.Told.BeforeLeave = async () =>
        {
            await worker.MakeQcow2Async("other.qcow2");
            File.Move(worker.Volume("other.qcow2"), worker.Volume("disk.qcow2"), overwrite: true);
        };
        var failed = Assert.IsType<VolumeJobFailed>(await worker.EndOfAsync(Worker.Attempt(), Limit));
        Assert.Equal((0, true, true, FailureKind.StorageUnavailable), (worker.Runs, failed.EndedByItself, failed.Retryable, failed.Error.Kind));
    }

    [Fact]
    public async Task A_VM_that_starts_between_the_check_and_the_start_keeps_its_disk()
    {
        await using var worker = await RunningWorker.StartAsync();
        await worker.MakeQcow2Async("disk.qcow2");
        worker.Told.BeforeLeave = () => Tools.RunAsync("bash", "-c", $"here='{worker.Folder.Path}' disk='{worker.Volume("disk.qcow2")}'; {StartVm}");
        try
        {
            var failed = Assert.IsType<VolumeJobFailed>(await worker.EndOfAsync(Worker.Attempt(), Limit));
            Assert.Equal((0, true, true, FailureKind.InUse), (worker.Runs, failed.EndedByItself, failed.Retryable, failed.Error.Kind));
        }
        finally
        {
            await EndVmAsync(worker);
        }
    }

    [Fact]
    public async Task A_volume_that_became_the_base_of_another_is_not_repaired()
    {
        await using var worker = await RunningWorker.StartAsync();
        await worker.MakeQcow2Async("disk.qcow2");
        // The tenth cluster is counted as used, and nothing refers to it: space that a repair would free.
        await Tools.RunAsync("bash", "-c", $"printf '\\0\\1' | dd of='{worker.Volume("disk.qcow2")}' bs=1 seek=$((0x20000 + 20)) conv=notrunc status=none && truncate -s $((11 * 65536)) '{worker.Volume("disk.qcow2")}'");
        await Tools.RunAsync("qemu-img", "create", "-q", "-f", "qcow2", "-b", "disk.qcow2", "-F", "qcow2", worker.Volume("leaf.qcow2"));
        var before = await Tools.RunAsync("sha256sum", worker.Volume("disk.qcow2"));
        var repaired = Assert.IsType<VolumeRepaired>(await worker.EndOfAsync(Worker.Attempt() with { IsRepair = true, Journaled = new VitalBytes { SwapHeaders = [], VolumeGroups = [] } }, Limit));
        Assert.Equal(RepairOutcome.NotProvable, repaired.Outcome);
        Assert.Contains("leaf.qcow2", Assert.Single(repaired.Findings), StringComparison.Ordinal);
        Assert.Equal(before, await Tools.RunAsync("sha256sum", worker.Volume("disk.qcow2")));
    }

    [Fact]
    public async Task An_attempt_that_the_Orchestrator_has_closed_is_kept_in_mind_while_it_runs()
    {
        await using var worker = await RunningWorker.StartAsync();
        await worker.MakeQcow2Async("disk.qcow2");
        await worker.DuringAsync("sleep 3");
        var attempt = Worker.Attempt();
        var end = worker.EndOfAsync(attempt, TimeSpan.FromSeconds(30));
        while (worker.Runs == 0)
            await Task.Delay(20, TestContext.Current.CancellationToken);
        var closed = new VolumeJobClosed { OperationId = attempt.Job.OperationId, Attempt = attempt.Job.Attempt };
        await worker.TellAsync(closed);
        Assert.IsType<VolumeJobSucceeded>(await end);
        await worker.TellAsync(closed);
        while (Directory.Exists(worker.Journal.FolderOf(attempt.Job)))
            await Task.Delay(20, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_second_worker_on_the_same_scratch_folder_does_not_start_and_ends_nothing_of_the_first()
    {
        await using var worker = await RunningWorker.StartAsync();
        await worker.MakeQcow2Async("disk.qcow2");
        var leave = new TaskCompletionSource();
        worker.Told.BeforeLeave = () => leave.Task;
        worker.Runner.Accept(Worker.Attempt());
        await Assert.ThrowsAsync<InvalidOperationException>(() => RunningWorker.StartAsync(worker.Folder));
        Assert.Single(worker.Journal.Unfinished());
        leave.SetResult();
        Assert.IsType<VolumeJobSucceeded>(await worker.Told.End.Task.WaitAsync(Limit, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_worker_that_is_told_to_stop_claims_nothing_more_and_lets_a_run_end_by_itself_within_its_grace()
    {
        // With room for one more, so that it would claim.
        await using var worker = await RunningWorker.StartAsync(("StopGrace", "00:05:00"), ("Slots", "2"));
        await worker.MakeQcow2Async("disk.qcow2");
        // As virt-sparsify, it ends with 1 when it is interrupted.
        await worker.DuringAsync("trap 'exit 1' INT; while [[ ! -e $here/may-end ]]; do sleep 0.1; done");
        var attempt = Worker.Attempt();
        worker.Runner.Accept(attempt);
        while (worker.Runs == 0)
            await Task.Delay(20, TestContext.Current.CancellationToken);
        var stopped = worker.StopAsync();
        try
        {
            await worker.ClaimsNothingAsync("The worker is stopping.");
            Assert.False(stopped.IsCompleted);
        }
        finally
        {
            await File.WriteAllTextAsync(worker.Folder.File("may-end"), "", CancellationToken.None);
        }

        await stopped;
        var (ended, report) = Assert.Single(worker.Journal.Unacknowledged());
        Assert.Equal((attempt.Job.OperationId, 1, 1), (ended.Job.OperationId, ended.Job.Attempt, worker.Runs));
        Assert.IsType<VolumeJobSucceeded>(report);
    }

    private const string StartVm = """
        env -u SPARSIFY_RUN setsid bash -c 'sleep 200 | exec qemu-io -f qcow2 "$0"' "$disk" </dev/null >/dev/null 2>&1 &
        echo "$!" >"$here/vm"
        while qemu-img info "$disk" >/dev/null 2>&1; do sleep 0.1; done
        """;

    private static async Task EndVmAsync(RunningWorker worker) =>
        await Tools.RunAsync("kill", "-KILL", "--", $"-{(await File.ReadAllTextAsync(worker.Folder.File("vm"))).Trim()}");
}
