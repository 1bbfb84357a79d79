using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Sparsify.Contracts;
using Sparsify.Messaging;
using Sparsify.Scanner.Policies.Selecting;
using Sparsify.Scanner.Storage;

namespace Sparsify.Scanner.Policies.Runs;

/// <summary>Leads runs on: asks for the operations whose turn has come, and ends a run that has none left. In the caller's transaction.</summary>
internal sealed class RunProgress(ScannerDbContext db, IOutbox<ScannerDbContext> outbox, RunReports reports, TimeProvider time, IOptions<ScannerOptions> options)
{
    /// <summary>Leads a run on that goes on.</summary>
    /// <param name="run">The run; its lock is held, or it is new.</param>
    /// <param name="tell">Its report is published also when nothing has changed here.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The report; null when none was published.</returns>
    public async Task<PolicyRunChanged?> AdvanceAsync(PolicyRun run, bool tell, CancellationToken cancellationToken)
    {
        var disks = await DisksOfAsync(run, cancellationToken);
        if (run.State != PolicyRunState.Running)
            return tell ? await reports.PublishAsync(run, disks, cancellationToken) : null;
        var step = await db.Policies.AnyAsync(p => p.Id == run.PolicyId && p.Enabled, cancellationToken)
            ? RunPlan.Next(run, disks, time.GetUtcNow())
            : new RunStep([], PolicyVerdict.RunEnded);
        foreach (var disk in step.Start)
            await StartAsync(run, disk, cancellationToken);
        var changed = step.Start.Count > 0;
        if (step.Stop is { } verdict)
            changed |= EndTurns(run, disks, verdict, Sentence(verdict));
        if (disks.All(d => d.Turn is Turn.None or Turn.Ended))
        {
            run.State = disks.Any(d => d.Line.Verdict is PolicyVerdict.OutsideWindow or PolicyVerdict.OutOfTime or PolicyVerdict.OutOfBytes or PolicyVerdict.RunEnded) ? PolicyRunState.Stopped : PolicyRunState.Completed;
            run.EndedAt = time.GetUtcNow();
            changed = true;
        }

        return changed || tell ? await reports.PublishAsync(run, disks, cancellationToken) : null;
    }

    /// <summary>Ends a run for the sake of a newer one: what no host works on is canceled, what runs goes on and is still told of.</summary>
    public async Task ReplaceAsync(PolicyRun run, CancellationToken cancellationToken)
    {
        await db.SerialiseAsync(cancellationToken, LockOf(run.Id));
        await db.Entry(run).ReloadAsync(cancellationToken);
        var disks = await DisksOfAsync(run, cancellationToken);
        if (run.State != PolicyRunState.Running)
            return;
        EndTurns(run, disks, PolicyVerdict.RunEnded, "A newer run of the policy replaced it.");
        foreach (var disk in disks.Where(d => d is { Turn: Turn.Live, Running: false }))
            await outbox.Publish(new CancelSparsifyRequested { OperationId = disk.OperationId!.Value, RequestedBy = Requester(run) }, cancellationToken);
        (run.State, run.EndedAt) = (PolicyRunState.Stopped, time.GetUtcNow());
        await reports.PublishAsync(run, disks, cancellationToken);
    }

    /// <summary>Held by whoever leads the run on.</summary>
    public static string LockOf(Guid runId) => $"policy run {runId}";

    private async Task StartAsync(PolicyRun run, RunDisk disk, CancellationToken cancellationToken)
    {
        var line = disk.Line;
        var operationId = NamedId.OfOperation(run.Id, line.DiskId);
        (disk.Turn, disk.OperationId, disk.Line) = (Turn.Live, operationId, line with { OperationId = operationId });
        await outbox.Publish(
            new SparsifyDiskRequested
            {
                RequestId = operationId,
                DiskId = line.DiskId,
                RequestedBy = Requester(run),
                Trigger = OperationTrigger.Policy,
                Priority = run.Rule.Priority,
                // The host measures once more: what has shrunk since is skipped.
                MinReclaimable = Math.Max(1, run.Rule.Thresholds.Over(options.Value.ThresholdsOf(line.StorageDomain)).Bytes),
                RequestedAt = time.GetUtcNow(),
                Policy = new PolicyReference(run.PolicyId, run.PolicyName, run.Id),
            },
            cancellationToken);
    }

    /// <summary>Rows that are new are not in the database yet.</summary>
    private async Task<IReadOnlyList<RunDisk>> DisksOfAsync(PolicyRun run, CancellationToken cancellationToken)
    {
        if (db.Entry(run).State != EntityState.Added)
            await db.RunDisks.Where(d => d.RunId == run.Id).LoadAsync(cancellationToken);
        return [.. db.RunDisks.Local.Where(d => d.RunId == run.Id).OrderBy(d => d.Position)];
    }

    private static bool EndTurns(PolicyRun run, IEnumerable<RunDisk> disks, PolicyVerdict verdict, string reason)
    {
        var waiting = disks.Where(d => d.Turn == Turn.Waiting).ToList();
        foreach (var disk in waiting)
            (disk.Turn, disk.Line) = (Turn.None, disk.Line with { Verdict = verdict });
        if (waiting.Count > 0)
            run.Reason = run.Reason is null ? reason : $"{run.Reason} {reason}";
        return waiting.Count > 0;
    }

    private static string Requester(PolicyRun run) => $"policy {run.PolicyName}";

    private static string Sentence(PolicyVerdict verdict) => verdict switch
    {
        PolicyVerdict.OutsideWindow => "The policy's window was closed before every disk had its turn.",
        PolicyVerdict.OutOfTime => "The run's minutes were over before every disk had its turn.",
        PolicyVerdict.OutOfBytes => "The run had given back its bytes before every disk had its turn.",
        _ => "The policy was removed or disabled before every disk had its turn.",
    };
}
