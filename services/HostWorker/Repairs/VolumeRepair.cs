using System.Diagnostics;
using Microsoft.Extensions.Options;
using Sparsify.Contracts;
using Sparsify.DiskImages;
using Sparsify.DiskImages.Vital;
using Sparsify.HostWorker.Capabilities;
using Sparsify.HostWorker.Images;
using Sparsify.HostWorker.Jobs;
using Sparsify.HostWorker.Runs;
using Sparsify.HostWorker.Volumes;

namespace Sparsify.HostWorker.Repairs;

/// <summary>
/// After a run that did not end by itself: proves that nobody writes to the volume, compares it with what was journaled,
/// puts back what was lost, and compares again.
/// </summary>
internal sealed class VolumeRepair(
    JobJournal journal, LeaseKeeper leases, StorageDomainRoots roots, VolumeCheck check, VolumeRelease release, AppliancePreparation appliance, RepairTools tools, IOptions<HostWorkerOptions> options, TimeProvider time, ILogger<VolumeRepair> logger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Runs the attempt.</summary>
    /// <returns>The message that says how it ended.</returns>
    /// <exception cref="LeaseLostException">The host has no right to it; nothing was done.</exception>
    /// <exception cref="TimeoutException">The Orchestrator did not answer; nothing was done.</exception>
    public async Task<object> RunAsync(AttemptRecord record, AttemptControl control)
    {
        using var activity = HostWorkerTelemetry.Source.StartActivity("repair volume", ActivityKind.Internal, record.Trace);
        activity?.SetTag("sparsify.operation.id", record.Job.OperationId).SetTag("sparsify.disk.id", record.Job.DiskId).SetTag("sparsify.attempt", record.Job.Attempt);
        var lease = await leases.AcquireAsync(record.Job, control.Stop);
        // What takes too long gets SIGINT, and its lease is renewed no more: what heeds no signal is ended with the lease, by its lifeline.
        using var limit = new CancellationTokenSource(options.Value.RunLimit, time);
        await using var late = limit.Token.Register(() => GiveUp(record, control));
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(limit.Token);
        var keeping = leases.KeepAsync(record.Job, lease, control, ended.Token);
        try
        {
            var report = await LookAsync(record, control);
            activity?.SetTag("sparsify.outcome", report is VolumeRepaired repaired ? repaired.Outcome.ToString() : "Failed");
            return report;
        }
        finally
        {
            await ended.CancelAsync();
            await keeping;
        }
    }

    private void GiveUp(AttemptRecord record, AttemptControl control)
    {
        logger.LogError("The look at the disk of operation {OperationId}, attempt {Attempt}, takes longer than {Limit}: giving it up.", record.Job.OperationId, record.Job.Attempt, options.Value.RunLimit);
        control.RequestStop(StopReason.TooLong);
    }

    private async Task<object> LookAsync(AttemptRecord record, AttemptControl control)
    {
        try
        {
            var place = roots.Find(record.Job.StorageDomain, record.Job.Path);
            using (var patience = CancellationTokenSource.CreateLinkedTokenSource(control.Stop))
            {
                patience.CancelAfter(Patience);
                await release.UnusedAsync(place.Path, patience.Token);
            }

            return await CompareAsync(record, place, control);
        }
        catch (OperationCanceledException)
        {
            return control.Reason switch
            {
                null => record.Failed(new OperationError(FailureKind.InUse, $"The volume '{record.Job.Path}' is still in use after {Patience}: {HolderNow(record)}"), retryable: true, time.GetUtcNow()),
                StopReason.Shutdown => record.HandedBack("the look at the disk was given up.", time.GetUtcNow()),
                _ => record.NotStarted("It had to give the look at the disk up.", time.GetUtcNow()),
            };
        }
        catch (Exception e) when (e is ImageFormatException or OutsideStorageDomainException)
        {
            return Ended(record, RepairOutcome.NotProvable, null, [], [e.Message]);
        }
        catch (Exception e) when (e is UnreachableStorageException or IOException or UnauthorizedAccessException or TimeoutException)
        {
            return record.Failed(new OperationError(FailureKind.StorageUnavailable, e.Message), retryable: true, time.GetUtcNow());
        }
    }

    private async Task<object> CompareAsync(AttemptRecord record, VolumePlace place, AttemptControl control)
    {
        var path = place.Path;
        if (record.Journaled is null)
            return Ended(record, RepairOutcome.NotProvable, path, [], ["Nothing was journaled of the disk before the run."]);
        var image = await ImageCheck.RunAsync(path, record.Job.Format, options.Value.RunLimit, control.Stop);
        if (image.Corruptions > 0)
            return Ended(record, RepairOutcome.NotProvable, path, [], [$"qemu-img check finds {image.Corruptions} corruption(s) in the image."]);
        var difference = Compare(record, path);
        if (difference.Unexplained.Count > 0)
            return Ended(record, RepairOutcome.NotProvable, path, [], difference.Unexplained);
        if (difference.IsNone && image.Leaks == 0)
            return Ended(record, RepairOutcome.Clean, path, [], []);
        return await RepairAsync(record, place, image.Leaks, difference, control);
    }

    private async Task<object> RepairAsync(AttemptRecord record, VolumePlace place, long leaks, VitalDifference difference, AttemptControl control)
    {
        var (path, format, folder) = (place.Path, record.Job.Format, journal.FolderOf(record.Job));
        var root = roots.RootOf(record.Job.StorageDomain);
        if (DerivedVolumes.FirstOf(record.Job.StorageDomain, root, path) is { } above)
            return Ended(record, RepairOutcome.NotProvable, path, [], [$"'{Path.GetRelativePath(root, above)}' is based on the volume '{record.Job.Path}' by now: it would not fit the volume any more once that is written to."]);
        var failed = leaks == 0 ? null : await DoAsync(() => tools.FreeLeaksAsync(path, format, folder, control.Lifeline, control.Stop));
        if (failed is null && !difference.IsNone)
        {
            if ((await appliance.ExamineAsync(control.Stop)).Accelerator is null)
                return record.Failed(new OperationError(FailureKind.HostNotCapable, $"{appliance.Failure} Run 'sparsify doctor' on host '{record.Job.Host}'."), retryable: true, time.GetUtcNow());
            failed = await DoAsync(() => tools.RunInApplianceAsync(path, format, Commands(difference, folder), folder, control.Lifeline, control.Stop));
        }

        if (failed is not null)
            return failed;
        var (image, after) = (await ImageCheck.RunAsync(path, format, options.Value.RunLimit, control.Stop), Compare(record, path));
        var done = Sentences(leaks, difference);
        return image.Corruptions == 0 && after.IsNone
            ? Ended(record, RepairOutcome.Repaired, path, done, [])
            : Ended(record, RepairOutcome.NotProvable, path, done, ["The repair was done, and the disk is still not as it was.", .. image.Output is { } output ? [output] : (string[])[], .. Sentences(0, after), .. after.Unexplained]);

        async Task<object?> DoAsync(Func<Task<OperationError?>> run)
        {
            if (check.WhyNotNow(record.Job, place) is { } change)
                return record.Failed(change, retryable: true, time.GetUtcNow());
            var error = await run();
            await release.AfterRunAsync(path, RunMark.Of(folder), CancellationToken.None);
            return error is null ? null : record.Failed(error, retryable: true, time.GetUtcNow());
        }
    }

    private VitalDifference Compare(AttemptRecord record, string path) =>
        VitalReader.Compare(path, record.Job.Format.ToLibrary(), roots.RootOf(record.Job.StorageDomain), record.Journaled!.ToLibrary());

    private static IEnumerable<IReadOnlyList<string>> Commands(VitalDifference difference, string folder)
    {
        // A swap area may lie in a group, so the group is put in order first.
        foreach (var stray in difference.StrayVolumes)
            yield return ["lvremove", stray.Device];
        foreach (var (header, number) in difference.LostSwapHeaders.Select((h, i) => (h, i)))
        {
            var file = Path.Combine(folder, $"swap-header-{number}");
            File.WriteAllBytes(file, header.Content);
            yield return ["upload-offset", file, header.Device, "0"];
        }
    }

    private static List<string> Sentences(long leaks, VitalDifference difference) =>
    [
        .. leaks > 0 ? [$"Freed {leaks} cluster(s) of the image that nothing referred to."] : (string[])[],
        .. difference.StrayVolumes.Select(s => $"Removed the logical volume {s.Device}, which the interrupted run had left."),
        .. difference.LostSwapHeaders.Select(h => $"Wrote the header of the swap area {h.Device} back."),
    ];

    private VolumeRepaired Ended(AttemptRecord record, RepairOutcome outcome, string? path, IReadOnlyList<string> repairs, IReadOnlyList<string> findings)
    {
        foreach (var sentence in repairs.Concat(findings))
            logger.LogWarning("Operation {OperationId}, repair {Attempt}: {Sentence}", record.Job.OperationId, record.Job.Attempt, sentence);
        return record.Repaired(outcome, path is null ? null : Allocation.Bytes(path), repairs, findings, time.GetUtcNow());
    }

    private string HolderNow(AttemptRecord record) => ImageLock.HolderOf(roots.Resolve(record.Job.StorageDomain, record.Job.Path)) ?? "it is free now.";
}
