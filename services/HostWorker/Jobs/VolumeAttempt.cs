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
    JobJournal journal, LeaseKeeper leases, VolumeCheck check, VitalJournal vitals, AppliancePreparation appliance, AttemptRun runs, VolumeRelease release, MeasurementReports measurements, IOptions<HostWorkerOptions> options, TimeProvider time,
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
        // What takes too long before or after the run has its lease renewed no more: storage that hangs may not even hear a cancel.
        using var limit = new CancellationTokenSource(options.Value.PreparationLimit, time);
        await using var late = limit.Token.Register(() => GiveUp(record, control));
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(limit.Token);
        var keeping = leases.KeepAsync(record.Job, lease, control, ended.Token);
        try
        {
            if (lease.CancelRequested)
                return record.Canceled(time.GetUtcNow());
            var (end, prepared) = await PrepareAsync(record, control);
            var report = end ?? await JournalAsync(record, prepared!, control) ?? await WorkAsync(record, prepared!, control, limit);
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
            var (place, violations, measured) = check.Examine(record.Job);
            if (violations.Count > 0)
                return (record.Failed(new OperationError(KindOf(violations), string.Join(' ', violations.Select(v => v.Message))), retryable: false, time.GetUtcNow(), violations: violations), null);
            if (measured is not null && !record.Job.Force && measured.Told.Reclaimable < record.Job.MinReclaimable)
                return (record.Skipped(measured.Told.Reclaimable, Allocation.Bytes(place.Path), time.GetUtcNow()), null);
            var capabilities = await appliance.ExamineAsync(control.Stop);
            if (capabilities.Accelerator is null)
                return (record.Failed(new OperationError(FailureKind.HostNotCapable, $"{appliance.Failure} Run 'sparsify doctor' on host '{record.Job.Host}'."), retryable: true, time.GetUtcNow()), null);
            return control.Reason is null ? (null, new PreparedVolume(place, measured, check.ReadVitalBytes(record.Job, place.Path))) : (BeforeStart(record, control), null);
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

    private object BeforeStart(AttemptRecord record, AttemptControl control) => control.Reason switch
    {
        StopReason.Canceled => record.Canceled(time.GetUtcNow()),
        StopReason.Shutdown => record.HandedBack("the run was not started.", time.GetUtcNow()),
        StopReason.TooLong => record.NotStarted($"The look at the disk took longer than {options.Value.PreparationLimit}.", time.GetUtcNow()),
        _ => record.Failed(new OperationError(FailureKind.Transient, $"Host '{record.Job.Host}' had to give the job up before it started."), retryable: true, time.GetUtcNow()),
    };

    private async Task<object> WorkAsync(AttemptRecord record, PreparedVolume prepared, AttemptControl control, CancellationTokenSource limit)
    {
        var (path, measured) = (prepared.Place.Path, prepared.Measured);
        if (check.WhyNotNow(record.Job, prepared.Place) is { } change)
            return record.Failed(change, retryable: true, time.GetUtcNow());
        var sizeBefore = Allocation.Bytes(path);
        // The run has a limit of its own. Where this one was faster, nobody renews the lease any more.
        limit.CancelAfter(Timeout.InfiniteTimeSpan);
        if (limit.IsCancellationRequested || control.Reason is not null)
            return BeforeStart(record, control);
        var started = record with { VolumePath = path, SizeBefore = sizeBefore, Predicted = measured?.Told.Reclaimable, StartedAt = time.GetUtcNow() };
        try
        {
            journal.Update(started);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return record.NotStarted($"It cannot note the start of the run: {e.Message}", time.GetUtcNow());
        }

        record = started;
        var run = await runs.RunAsync(record, RunPlan.Of(measured?.Found), control);
        limit.CancelAfter(options.Value.RunLimit);
        var stopped = control.Reason;
        await release.AfterRunAsync(path, RunMark.Of(journal.FolderOf(record.Job)), CancellationToken.None);
        var sizeAfter = Allocation.Bytes(path);
        HostWorkerTelemetry.Reclaimed.Add(Math.Max(0, sizeBefore - sizeAfter));
        var report = RunJudgement.Judge(record, run, stopped, sizeAfter, await CheckAsync(record, path), time.GetUtcNow());
        appliance.Note(report is VolumeJobFailed { Error: { Kind: FailureKind.HostNotCapable } error } ? error.Message : null);
        if (report is VolumeJobSucceeded)
            Compare(record, sizeBefore - sizeAfter);
        await measurements.TellAsync(record.Job, succeeded: report is VolumeJobSucceeded);
        return report;
    }

    private async Task<ImageCheckResult> CheckAsync(AttemptRecord record, string path)
    {
        try
        {
            return await ImageCheck.RunAsync(path, record.Job.Format, options.Value.RunLimit, CancellationToken.None);
        }
        catch (IOException e) when (ImageLock.HolderOf(path) is not null)
        {
            // A VM that started just after the run. Its result stands: what was open of it is known from its trace.
            logger.LogWarning("The image of operation {OperationId} is in use after the run and cannot be checked: {Reason}", record.Job.OperationId, e.Message);
            return ImageCheckResult.Sound with { NotChecked = "it is in use (a VM may have started on it)" };
        }
    }

    /// <summary>A prediction that misses by more than one part in a hundred is a fault to be looked into: of ours, or of a disk that changed.</summary>
    private void Compare(AttemptRecord record, long reclaimed)
    {
        const int Part = 100;
        if (record.Predicted is { } predicted && Math.Abs(predicted - reclaimed) > predicted / Part)
            logger.LogWarning("Operation {OperationId} was predicted to give back {Predicted} bytes and gave back {Reclaimed}.", record.Job.OperationId, predicted, reclaimed);
    }

    private void GiveUp(AttemptRecord record, AttemptControl control)
    {
        logger.LogError("What comes before or after the run of operation {OperationId}, attempt {Attempt}, takes longer than it may: its lease is renewed no more.", record.Job.OperationId, record.Job.Attempt);
        control.RequestStop(StopReason.TooLong);
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
