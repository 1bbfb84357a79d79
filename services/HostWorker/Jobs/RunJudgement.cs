using Sparsify.Contracts;
using Sparsify.HostWorker.Images;
using Sparsify.HostWorker.Runs;

namespace Sparsify.HostWorker.Jobs;

/// <summary>What came of a run, from what it said, how it ended, and what the volume looks like now. A pure function.</summary>
internal static class RunJudgement
{
    public static object Judge(AttemptRecord record, RunResult run, StopReason? stopped, long sizeAfter, ImageCheckResult image, DateTimeOffset endedAt)
    {
        var progress = run.Progress;
        if (run.Killed)
        {
            return record.Failed(
                new OperationError(FailureKind.HostLost, $"virt-sparsify was killed while it worked ({Why(stopped)}): what it left on the disk is not known.", run.ErrorTail),
                retryable: false, endedAt, endedByItself: false, sizeAfter);
        }

        if (image.Corruptions > 0)
        {
            return record.Failed(
                new OperationError(FailureKind.Unknown, $"qemu-img check finds {image.Corruptions} corruption(s) in the image after the run. Do not start the VM; restore the disk or repair the image.", image.Output),
                retryable: false, endedAt, endedByItself: false, sizeAfter);
        }

        // Before anything that the run or this worker says of its end.
        if (progress.Work.ApplianceDied)
        {
            return record.Failed(
                new OperationError(FailureKind.Transient, $"The appliance died while it worked on the disk (killed, perhaps for want of memory, or crashed; exit code {run.ExitCode}): what it left is not known.", run.ErrorTail),
                retryable: true, endedAt, endedByItself: false, sizeAfter);
        }

        if (progress.Work.Open is not null)
            return record.Failed(Classify(run).Error, retryable: true, endedAt, endedByItself: false, sizeAfter);
        if (run.ExitCode == 0)
            return Completed(record, progress, sizeAfter, image, endedAt);
        switch (stopped ?? Interrupted(progress))
        {
            case StopReason.TooLong:
                return record.Failed(new OperationError(FailureKind.Transient, $"The run on host '{record.Job.Host}' took longer than a run may; it ended in order after its step."), retryable: true, endedAt, sizeAfter: sizeAfter);
            case StopReason.Canceled:
                return record.Canceled(endedAt, sizeAfter);
            case StopReason.Shutdown:
                return record.HandedBack("the run ended in order after its step.", endedAt, sizeAfter);
            case StopReason.LeaseLost:
                return record.Failed(new OperationError(FailureKind.HostLost, $"Host '{record.Job.Host}' could not renew its lease; the run ended in order after its step."), retryable: true, endedAt, endedByItself: false, sizeAfter);
        }

        if (progress.Steps.Count > 1 && sizeAfter < record.SizeBefore)
            return record.Succeeded(RunOutcome.Partial, sizeAfter, [$"Stopped at '{progress.Stage}' by an error.", .. progress.Errors, .. Warnings(progress, image)], endedAt);
        var (error, retryable) = Classify(run);
        return record.Failed(error, retryable, endedAt, sizeAfter: sizeAfter);
    }

    private static (OperationError Error, bool Retryable) Classify(RunResult run) => FailureClassification.Classify(run.ExitCode, string.Join('\n', run.Progress.Errors.Append(run.ErrorTail)));

    /// <summary>Its lifeline interrupted it, since this process was frozen and did not renew the lease; or a person did.</summary>
    private static StopReason? Interrupted(RunProgress progress) =>
        progress.Errors.Any(e => e.Contains("at user request", StringComparison.Ordinal)) ? StopReason.LeaseLost : null;

    private static VolumeJobSucceeded Completed(AttemptRecord record, RunProgress progress, long sizeAfter, ImageCheckResult image, DateTimeOffset endedAt)
    {
        List<string> warnings = [.. Warnings(progress, image), .. progress.NotDone];
        var outcome = warnings.Count > 0 ? RunOutcome.CompletedWithWarnings
            : sizeAfter < record.SizeBefore ? RunOutcome.Reclaimed
            : RunOutcome.NothingToReclaim;
        return record.Succeeded(outcome, sizeAfter, warnings, endedAt);
    }

    private static List<string> Warnings(RunProgress progress, ImageCheckResult image)
    {
        List<string> warnings = [.. progress.Warnings, .. progress.FileSystems.PassedOver];
        if (progress.Steps.Count == 0 && progress.FileSystems.PassedOver.Count == 0)
            warnings.Add("The disk holds no file system, swap area or volume group that could be sparsified.");
        if (image.NotChecked is { } reason)
            warnings.Add($"After the run the image could not be checked, since {reason}.");
        if (image.Leaks > 0)
            warnings.Add($"qemu-img check finds {image.Leaks} leaked cluster(s): space that nothing refers to. 'qemu-img check -r leaks' gives it back.");
        return warnings;
    }

    private static string Why(StopReason? stopped) => stopped switch
    {
        StopReason.LeaseLost => "its lease ran out",
        StopReason.TooLong => "it took longer than a run may",
        StopReason.Canceled => "after a cancel",
        StopReason.Shutdown => "while the worker stopped",
        _ => "not by this worker",
    };
}
