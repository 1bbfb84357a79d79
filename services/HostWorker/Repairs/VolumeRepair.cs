using System.Diagnostics;
using Sparsify.Contracts;
using Sparsify.DiskImages;
using Sparsify.DiskImages.Files;
using Sparsify.DiskImages.Images;
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
    JobJournal journal, LeaseKeeper leases, StorageDomainRoots roots, VolumeRelease release, AppliancePreparation appliance, ApplianceCommands commands, TimeProvider time, ILogger<VolumeRepair> logger)
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
        using var ended = new CancellationTokenSource();
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

    private async Task<object> LookAsync(AttemptRecord record, AttemptControl control)
    {
        try
        {
            var path = roots.Resolve(record.Job.StorageDomain, record.Job.Path);
            using (var patience = CancellationTokenSource.CreateLinkedTokenSource(control.Stop))
            {
                patience.CancelAfter(Patience);
                await release.WaitAsync(path, patience.Token);
            }

            return await CompareAsync(record, path, control);
        }
        catch (OperationCanceledException)
        {
            return control.Reason is null
                ? record.Failed(new OperationError(FailureKind.InUse, $"The volume '{record.Job.Path}' is still in use after {Patience}: {HolderNow(record)}"), retryable: true, time.GetUtcNow())
                : record.NotStarted("It had to give the look at the disk up.", time.GetUtcNow());
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

    private async Task<object> CompareAsync(AttemptRecord record, string path, AttemptControl control)
    {
        if (record.Journaled is null)
            return Ended(record, RepairOutcome.NotProvable, path, [], ["Nothing was journaled of the disk before the run."]);
        var image = await ImageCheck.RunAsync(path, record.Job.Format, control.Stop);
        if (image.Corruptions > 0)
            return Ended(record, RepairOutcome.NotProvable, path, [], [$"qemu-img check finds {image.Corruptions} corruption(s) in the image."]);
        var difference = Compare(record, path);
        if (difference.Unexplained.Count > 0)
            return Ended(record, RepairOutcome.NotProvable, path, [], difference.Unexplained);
        if (difference.IsNone)
            return Ended(record, RepairOutcome.Clean, path, [], []);
        if ((await appliance.ExamineAsync(control.Stop)).Accelerator is null)
            return record.Failed(new OperationError(FailureKind.HostNotCapable, $"{appliance.Failure} Run 'sparsify doctor' on host '{record.Job.Host}'."), retryable: true, time.GetUtcNow());
        var (exitCode, said) = await commands.RunAsync(path, record.Job.Format, Commands(difference, journal.FolderOf(record.Job)), journal.FolderOf(record.Job), control.Lifeline, control.Stop);
        await release.WaitAsync(path, CancellationToken.None);
        if (exitCode != 0)
            return record.Failed(FailureClassification.Classify(exitCode, said).Error, retryable: true, time.GetUtcNow());
        var after = Compare(record, path);
        return after.IsNone
            ? Ended(record, RepairOutcome.Repaired, path, Sentences(difference), [])
            : Ended(record, RepairOutcome.NotProvable, path, Sentences(difference), ["The repair was done, and the disk is still not as it was.", .. Sentences(after), .. after.Unexplained]);
    }

    private VitalDifference Compare(AttemptRecord record, string path)
    {
        var root = RealPath.Of(roots.All.Single(d => d.Key == record.Job.StorageDomain).Value);
        return VitalReader.Compare(path, record.Job.Format == VolumeFormat.Qcow2 ? ImageFormat.Qcow2 : ImageFormat.Raw, root, record.Journaled!.ToLibrary());
    }

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

    private static List<string> Sentences(VitalDifference difference) =>
    [
        .. difference.StrayVolumes.Select(s => $"Removed the logical volume {s.Device}, which the interrupted run had left."),
        .. difference.LostSwapHeaders.Select(h => $"Wrote the header of the swap area {h.Device} back."),
    ];

    private VolumeRepaired Ended(AttemptRecord record, RepairOutcome outcome, string? path, IReadOnlyList<string> repairs, IReadOnlyList<string> findings)
    {
        foreach (var sentence in repairs.Concat(findings))
            logger.LogWarning("Operation {OperationId}, repair {Attempt}: {Sentence}", record.Job.OperationId, record.Job.Attempt, sentence);
        return new VolumeRepaired
        {
            OperationId = record.Job.OperationId,
            Attempt = record.Job.Attempt,
            Generation = record.Job.Generation,
            Host = record.Job.Host,
            Outcome = outcome,
            Repairs = repairs,
            Findings = findings,
            SizeAfter = path is null ? null : Allocation.Bytes(path),
            EndedAt = time.GetUtcNow(),
        };
    }

    private string HolderNow(AttemptRecord record) => ImageLock.HolderOf(roots.Resolve(record.Job.StorageDomain, record.Job.Path)) ?? "it is free now.";
}
