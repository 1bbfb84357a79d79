using Microsoft.EntityFrameworkCore;
using Sparsify.Contracts;
using Sparsify.Messaging;
using Sparsify.Scanner.Storage;

namespace Sparsify.Scanner.Policies.Runs;

/// <summary>Enters what became of operations into the reports of their runs, each in a transaction of its own.</summary>
internal sealed class RunOutcomes(ScannerDbContext db, RunProgress progress)
{
    /// <summary>Enters the state of an operation; one that was entered before, or an older one, changes nothing.</summary>
    public async Task NoteAsync(OperationChanged changed, Guid runId, CancellationToken cancellationToken)
    {
        await using var transaction = await db.BeginWriteAsync(cancellationToken);
        await db.SerialiseAsync(cancellationToken, RunProgress.LockOf(runId));
        var disk = await db.RunDisks.SingleOrDefaultAsync(d => d.OperationId == changed.OperationId, cancellationToken);
        if (disk is null || disk.RunId != runId || disk.OperationRevision >= changed.Revision)
            return;
        disk.OperationRevision = changed.Revision;
        disk.Running = changed.State is OperationState.Running or OperationState.Canceling or OperationState.Recovering;
        if (Ends(changed.State))
        {
            var run = await db.PolicyRuns.SingleAsync(r => r.Id == runId, cancellationToken);
            var before = disk.Line.Reclaimed ?? 0;
            (disk.Turn, disk.Line) = (Turn.Ended, Outcome(disk.Line, changed));
            run.Reclaimed += (disk.Line.Reclaimed ?? 0) - before;
            await progress.AdvanceAsync(run, tell: true, cancellationToken);
        }

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>One that waits for a person may do so for days: its run does not.</summary>
    private static bool Ends(OperationState state) =>
        state is OperationState.Completed or OperationState.Failed or OperationState.Canceled or OperationState.Rejected or OperationState.Skipped or OperationState.NeedsAttention;

    private static PolicyRunDisk Outcome(PolicyRunDisk line, OperationChanged changed) => line with
    {
        Outcome = changed.State,
        Reclaimed = changed.State == OperationState.Completed ? changed.SizeBefore - changed.SizeAfter : null,
        Violations = changed.Violations,
        Problem = changed.Error?.Message ?? (changed.State == OperationState.Rejected ? string.Join(' ', changed.Violations.Select(v => v.Message)) : null),
    };
}
