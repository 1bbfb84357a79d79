using System.Diagnostics;
using Microsoft.Extensions.Options;
using Sparsify.Contracts;
using Sparsify.DiskImages;
using Sparsify.HostWorker.Capabilities;
using Sparsify.HostWorker.Images;
using Sparsify.HostWorker.Measuring;
using Sparsify.HostWorker.Repairs;
using Sparsify.HostWorker.Runs;
using Sparsify.HostWorker.Volumes;

namespace Sparsify.HostWorker.Jobs;

/// <summary>One attempt, from the leave to start to the report of its end.</summary>
internal sealed class VolumeAttempt(
    JobJournal journal, LeaseKeeper leases, VolumeCheck check, VitalJournal vitals, AppliancePreparation appliance, VirtSparsify tool, VolumeRelease release, RunReports reports, MeasurementReports measurements, IOptions<HostWorkerOptions> options, TimeProvider time,
    ILogger<VolumeAttempt> logger)
{
    /// <summary>Runs the attempt.</summary>
    /// <returns>The message that says how it ended.</returns>
    /// <exception cref="LeaseLostException">The host has no right to start; nothing was done.</exception>
    /// <exception cref="TimeoutException">The Orchestrator did not answer; nothing was done.</exception>
    public async Task<object> RunAsync(AttemptRecord record, AttemptControl control)
    {
        using var activity = HostWorkerTelemetry.Source.StartActivity("sparsify volume", ActivityKind.Internal, record.Trace);
        activity?.SetTag("sparsify.operation.id", record.Job.OperationId).SetTag("sparsify.disk.id", record.Job.DiskId).SetTag("sparsify.attempt", record.Job.Attempt);
        var lease = await leases.AcquireAsync(record.Job, control.Stop);
        using var ended = new CancellationTokenSource();
        var keeping = leases.KeepAsync(record.Job, lease, control, ended.Token);
        try
        {
            if (lease.CancelRequested)
                return record.Canceled(time.GetUtcNow());
            var (end, prepared) = await PrepareAsync(record, control);
            var report = end ?? await JournalAsync(record, prepared!, control) ?? await WorkAsync(record, prepared!.Path, prepared.Measured, control);
            Describe(activity, report);
            return report;
        }
        finally
        {
            await ended.CancelAsync();
            await keeping;
        }
    }

    /// <summary>Everything that speaks against a start, found before anything is written; what can be read comes before the appliance is started.</summary>
    private async Task<(object? End, PreparedVolume? Volume)> PrepareAsync(AttemptRecord record, AttemptControl control)
    {
        try
        {
            var (path, violations, measured) = check.Examine(record.Job);
            if (violations.Count > 0)
                return (record.Failed(new OperationError(KindOf(violations), string.Join(' ', violations.Select(v => v.Message))), retryable: false, time.GetUtcNow(), violations: violations), null);
            if (measured is not null && !record.Job.Force && measured.Told.Reclaimable < record.Job.MinReclaimable)
                return (record.Skipped(measured.Told.Reclaimable, Allocation.Bytes(path), time.GetUtcNow()), null);
            var capabilities = await appliance.ExamineAsync(control.Stop);
            if (capabilities.Accelerator is null)
                return (record.Failed(new OperationError(FailureKind.HostNotCapable, $"{appliance.Failure} Run 'sparsify doctor' on host '{record.Job.Host}'."), retryable: true, time.GetUtcNow()), null);
            return control.Reason is null ? (null, new PreparedVolume(path, measured, check.ReadVitalBytes(record.Job, path))) : (BeforeStart(record, control), null);
        }
        catch (OperationCanceledException) when (control.Stop.IsCancellationRequested)
        {
            return (BeforeStart(record, control), null);
        }
        catch (Exception e) when (e is OutsideStorageDomainException or ImageFormatException)
        {
            return (record.Failed(new OperationError(FailureKind.Unsupported, e.Message), retryable: false, time.GetUtcNow()), null);
        }
        catch (Exception e) when (e is UnreachableStorageException or IOException or UnauthorizedAccessException or TimeoutException)
        {
            return (record.Failed(new OperationError(FailureKind.StorageUnavailable, e.Message), retryable: true, time.GetUtcNow()), null);
        }
    }

    /// <summary>Nothing may be written before this is done.</summary>
    private async Task<object?> JournalAsync(AttemptRecord record, PreparedVolume prepared, AttemptControl control)
    {
        try
        {
            return await vitals.StoreAsync(record.Job, prepared.VitalBytes, control.Stop) ? null : record.Canceled(time.GetUtcNow());
        }
        catch (OperationCanceledException) when (control.Stop.IsCancellationRequested)
        {
            return BeforeStart(record, control);
        }
    }

    private object BeforeStart(AttemptRecord record, AttemptControl control) => control.Reason == StopReason.Canceled
        ? record.Canceled(time.GetUtcNow())
        : record.Failed(new OperationError(FailureKind.Transient, $"Host '{record.Job.Host}' had to give the job up before it started."), retryable: true, time.GetUtcNow());

    private async Task<object> WorkAsync(AttemptRecord record, string path, MeasuredVolume? measured, AttemptControl control)
    {
        record = record with { VolumePath = path, SizeBefore = Allocation.Bytes(path), Predicted = measured?.Told.Reclaimable, StartedAt = time.GetUtcNow() };
        journal.Update(record);
        var run = await LaunchAsync(record, path, RunPlan.Of(measured?.Found), control);
        await release.WaitAsync(path, RunMark.Of(journal.FolderOf(record.Job)), CancellationToken.None);
        var sizeAfter = Allocation.Bytes(path);
        HostWorkerTelemetry.Reclaimed.Add(Math.Max(0, record.SizeBefore.Value - sizeAfter));
        var report = RunJudgement.Judge(record, run, control.Reason, sizeAfter, await ImageCheck.RunAsync(path, record.Job.Format, CancellationToken.None), time.GetUtcNow());
        appliance.Note(report is VolumeJobFailed { Error: { Kind: FailureKind.HostNotCapable } error } ? error.Message : null);
        if (report is VolumeJobSucceeded)
            Compare(record, record.SizeBefore.Value - sizeAfter);
        await measurements.TellAsync(record.Job, succeeded: report is VolumeJobSucceeded);
        return report;
    }

    /// <summary>A prediction that misses by more than one part in a hundred is a fault to be looked into: of ours, or of a disk that changed.</summary>
    private void Compare(AttemptRecord record, long reclaimed)
    {
        const int Part = 100;
        if (record.Predicted is { } predicted && Math.Abs(predicted - reclaimed) > predicted / Part)
            logger.LogWarning("Operation {OperationId} was predicted to give back {Predicted} bytes and gave back {Reclaimed}.", record.Job.OperationId, predicted, reclaimed);
    }

    private async Task<RunResult> LaunchAsync(AttemptRecord record, string path, RunPlan plan, AttemptControl control)
    {
        using var activity = HostWorkerTelemetry.Source.StartActivity("virt-sparsify");
        using var ended = new CancellationTokenSource();
        var (progress, told) = reports.Start(record, ended.Token);
        var begun = time.GetTimestamp();
        var limited = LimitAsync(record, control, ended.Token);
        try
        {
            var run = await tool.RunAsync(
                path,
                record.Job.Format,
                plan,
                journal.FolderOf(record.Job),
                process => activity?.SetTag("process.pid", process),
                seen => progress.TryWrite(seen),
                control.Lifeline,
                control.Stop,
                control.Fence);
            activity?.SetTag("process.exit.code", run.ExitCode);
            return run;
        }
        finally
        {
            HostWorkerTelemetry.RunDuration.Record(time.GetElapsedTime(begun).TotalSeconds);
            await ended.CancelAsync();
            await told;
            await limited;
        }
    }

    private async Task LimitAsync(AttemptRecord record, AttemptControl control, CancellationToken ended)
    {
        try
        {
            await Task.Delay(options.Value.RunLimit, time, ended);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        logger.LogError("The run of operation {OperationId}, attempt {Attempt}, takes longer than {Limit}: ending it.", record.Job.OperationId, record.Job.Attempt, options.Value.RunLimit);
        await control.EndAsync(StopReason.TooLong, options.Value.FencingGrace, time, ended);
    }

    private static FailureKind KindOf(IReadOnlyList<Violation> violations) =>
        violations.Any(v => v.Code == ViolationCodes.VolumeInUse) ? FailureKind.InUse
        : violations.Any(v => v.Code == ViolationCodes.Encrypted) ? FailureKind.Encrypted
        : FailureKind.Unsupported;

    private static void Describe(Activity? activity, object report)
    {
        if (report is VolumeJobSkipped skipped)
            activity?.SetTag("sparsify.outcome", "Skipped").SetTag("sparsify.reclaimable", skipped.Reclaimable);
        else if (report is VolumeJobSucceeded succeeded)
            activity?.SetTag("sparsify.outcome", succeeded.Outcome.ToString()).SetTag("sparsify.size.before", succeeded.SizeBefore).SetTag("sparsify.size.after", succeeded.SizeAfter);
        else if (report is VolumeJobFailed failed)
            activity?.SetStatus(ActivityStatusCode.Error, failed.Error.Message).SetTag("error.type", failed.Error.Kind.ToString());
    }
}
