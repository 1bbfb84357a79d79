using Sparsify.Contracts;
using Sparsify.HostWorker.Images;
using Sparsify.HostWorker.Jobs;
using Sparsify.HostWorker.Runs;
using Xunit;

namespace Sparsify.HostWorker.Tests.Jobs;

/// <summary>Exit code 0 alone proves nothing.</summary>
public sealed class RunJudgementTests
{
    private const long Before = 1000;
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly AttemptRecord Record = new() { Job = Worker.Job(), SizeBefore = Before, StartedAt = Now };

    [Theory]
    [InlineData(400, RunOutcome.Reclaimed)]
    [InlineData(1000, RunOutcome.NothingToReclaim)]
    [InlineData(1100, RunOutcome.NothingToReclaim)]
    public void A_run_that_ended_well_is_judged_by_what_the_volume_takes_now(long after, RunOutcome outcome)
    {
        var succeeded = Assert.IsType<VolumeJobSucceeded>(Judge(Run(0, "Trimming /dev/sda1"), after));
        Assert.Equal((outcome, Before, after, 7L), (succeeded.Outcome, succeeded.SizeBefore, succeeded.SizeAfter, succeeded.Generation));
        Assert.Empty(succeeded.Warnings);
    }

    [Fact]
    public void A_disk_without_anything_to_trim_completes_with_a_warning() =>
        Assert.Contains("no file system", Assert.Single(Warned(new RunResult(0, new RunProgress(RunPlan.Unknown), "", false), 1000)), StringComparison.Ordinal);

    [Fact]
    public void A_planned_file_system_that_the_run_never_came_to_is_a_warning_with_its_name() =>
        Assert.Contains(Warned(Run(0), 1000), w => w.StartsWith("/dev/sda1 (ext4) was passed over", StringComparison.Ordinal));

    [Fact]
    public void A_file_system_that_was_passed_over_is_a_warning_though_the_tool_says_nothing()
    {
        var run = Run(0, "Trimming /dev/sda1");
        run.Progress.SeeErrorLine("""libguestfs: trace: list_filesystems = ["/dev/sda1", "ext4", "/dev/sda2", "ntfs"]""");
        run.Progress.SeeErrorLine("""guestfsd: => list_filesystems (0x8b) toolibguestfs: trace: mount_options "discard" "/dev/sda2" "/" """);
        run.Progress.SeeErrorLine("guestfsd: error: The NTFS partition is in an unsafe state.");
        run.Progress.SeeErrorLine("libguestfs: trace: mount_options = -1 (error)");
        Assert.Equal(["/dev/sda2 (ntfs) was passed over: The NTFS partition is in an unsafe state."], Warned(run, 400));
    }

    [Fact]
    public void Leaked_clusters_are_a_warning() =>
        Assert.Contains("leaked", Assert.Single(Warned(Run(0, "Trimming /dev/sda1"), 400, new ImageCheckResult(0, 3, ""))), StringComparison.Ordinal);

    [Fact]
    public void Corruption_is_never_a_success_and_never_tried_again()
    {
        var failed = Assert.IsType<VolumeJobFailed>(Judge(Run(0, "Trimming /dev/sda1"), 400, image: new ImageCheckResult(2, 0, "details")));
        Assert.Equal((false, false), (failed.Retryable, failed.EndedByItself));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("LeaseLost")]
    [InlineData("Canceled")]
    public void A_killed_run_is_unknown_whatever_it_was_told(string? stopped)
    {
        var failed = Assert.IsType<VolumeJobFailed>(Judge(Run(137, killed: true), 400, Reason(stopped)));
        Assert.Equal((FailureKind.HostLost, false, false), (failed.Error.Kind, failed.Retryable, failed.EndedByItself));
    }

    [Theory]
    [InlineData(1, null)]
    [InlineData(1, "Canceled")]
    [InlineData(0, null)]
    public void A_run_whose_appliance_died_did_not_end_by_itself_whatever_it_says(int exitCode, string? stopped)
    {
        var run = Run(exitCode, "Trimming /dev/sda1", "Trimming /dev/sda2");
        foreach (var line in new[] { "libguestfs: trace: lvcreate_free \"gu0g62gk\" \"vg\" 100", "libguestfs: child_cleanup: 0x556a164f6b10: child process died", "libguestfs: trace: lvcreate_free = -1 (error)" })
            run.Progress.SeeErrorLine(line);
        var failed = Assert.IsType<VolumeJobFailed>(Judge(run, 400, Reason(stopped)));
        Assert.Equal((FailureKind.Transient, false), (failed.Error.Kind, failed.EndedByItself));
    }

    [Fact]
    public void A_run_that_an_error_ended_between_taking_vital_bytes_away_and_putting_them_back_did_not_end_by_itself()
    {
        var run = Run(1, "Trimming /dev/sda1", "Clearing Linux swap on /dev/sda2");
        run.Progress.SeeErrorLine("libguestfs: trace: blkdiscard \"/dev/sda2\"");
        run.Progress.SeeErrorLine("libguestfs: trace: blkdiscard = -1 (error)");
        run.Progress.See(new RunMessage("error", "libguestfs error: blkdiscard: /dev/sda2: BLKDISCARD: Input/output error"));
        var failed = Assert.IsType<VolumeJobFailed>(Judge(run, 400));
        Assert.Equal((FailureKind.StorageUnavailable, false), (failed.Error.Kind, failed.EndedByItself));
    }

    [Theory]
    [InlineData("Canceled", typeof(VolumeJobCanceled))]
    [InlineData("Shutdown", typeof(VolumeJobFailed))]
    [InlineData("LeaseLost", typeof(VolumeJobFailed))]
    public void Exit_code_1_after_a_SIGINT_is_what_was_asked_for(string stopped, Type report)
    {
        var ended = Judge(Run(1, "Trimming /dev/sda1"), 1000, Reason(stopped));
        Assert.IsType(report, ended);
        if (ended is VolumeJobFailed failed)
            Assert.Equal((true, stopped == "Shutdown", stopped == "Shutdown"), (failed.Retryable, failed.EndedByItself, failed.HandedBack));
    }

    [Fact]
    public void An_interruption_that_this_worker_did_not_ask_for_is_worth_another_attempt()
    {
        var run = Run(1, "Trimming /dev/sda1");
        run.Progress.See(new RunMessage("error", "quit (^C) at user request"));
        var failed = Assert.IsType<VolumeJobFailed>(Judge(run, 1000));
        Assert.Equal((FailureKind.HostLost, true, false), (failed.Error.Kind, failed.Retryable, failed.EndedByItself));
    }

    [Fact]
    public void A_cancel_that_came_too_late_is_a_success() =>
        Assert.IsType<VolumeJobSucceeded>(Judge(Run(0, "Trimming /dev/sda1"), 400, StopReason.Canceled));

    [Fact]
    public void An_error_after_the_first_of_several_steps_that_gave_space_back_is_partial()
    {
        var succeeded = Assert.IsType<VolumeJobSucceeded>(Judge(Run(1, "Trimming /dev/sda1", "Trimming /dev/sda2"), 400));
        Assert.Equal(RunOutcome.Partial, succeeded.Outcome);
        Assert.Contains("Trimming /dev/sda2", succeeded.Warnings[0], StringComparison.Ordinal);
    }

    private static IReadOnlyList<string> Warned(RunResult run, long after, ImageCheckResult? image = null)
    {
        var succeeded = Assert.IsType<VolumeJobSucceeded>(Judge(run, after, image: image));
        Assert.Equal(RunOutcome.CompletedWithWarnings, succeeded.Outcome);
        return succeeded.Warnings;
    }

    private static object Judge(RunResult run, long after, StopReason? stopped = null, ImageCheckResult? image = null) =>
        RunJudgement.Judge(Record, run, stopped, after, image ?? ImageCheckResult.Sound, Now);

    private static readonly RunPlan Plan = new([new PlannedStep("/dev/sda1", "ext4", 600)]);

    private static StopReason? Reason(string? name) => name is null ? null : Enum.Parse<StopReason>(name);

    private static RunResult Run(int exitCode, params string[] steps) => Run(exitCode, false, steps);

    private static RunResult Run(int exitCode, bool killed, params string[] steps)
    {
        var progress = new RunProgress(Plan);
        foreach (var step in steps)
            progress.See(new RunMessage("message", step));
        return new RunResult(exitCode, progress, "its output", killed);
    }
}
