using Microsoft.EntityFrameworkCore;
using Sparsify.Contracts;
using Sparsify.Messaging;
using Sparsify.Orchestrator.Jobs;
using Sparsify.Orchestrator.Storage;

namespace Sparsify.Orchestrator.Operations.Steps;

/// <summary>The attempts of an operation, with what the current transaction has changed of them.</summary>
internal sealed class AttemptHistory(OrchestratorDbContext db)
{
    private static readonly KnownQuery<Func<OrchestratorDbContext, Guid, IAsyncEnumerable<JobAttempt>>> AttemptsOf = new(() => EF.CompileAsyncQuery(
        (OrchestratorDbContext db, Guid operationId) => db.JobAttempts.Where(a => a.OperationId == operationId)));

    public async Task NoteStartAsync(Operation operation, VolumeJobStarted started, CancellationToken cancellationToken)
    {
        if (await db.JobAttempts.SingleOrDefaultAsync(a => a.OperationId == operation.CorrelationId && a.Number == started.Attempt, cancellationToken) is { } attempt)
            attempt.StartedAt = started.StartedAt;
    }

    /// <summary>How the last run failed: as the operation has it, or, where a look at the disk has put its own word there, as it was noted.</summary>
    public async Task<OperationError?> LastRunErrorAsync(Operation operation, CancellationToken cancellationToken)
    {
        var run = await db.JobAttempts.AsNoTracking().Where(a => a.OperationId == operation.CorrelationId && a.Kind == AttemptKind.Sparsify)
            .OrderByDescending(a => a.Number).FirstOrDefaultAsync(cancellationToken);
        var noted = run?.ErrorKind is { } kind ? new OperationError(kind, run.ErrorMessage ?? "", operation.Error?.Output) : null;
        return noted is null || noted == operation.Error ? operation.Error : noted with { Output = null };
    }

    public async Task<IReadOnlyList<OperationAttempt>> OfAsync(Operation operation, CancellationToken cancellationToken)
    {
        // Tracked rows keep their unsaved values; those of a step before this one are not yet in the table.
        var attempts = await AttemptsOf.For(db)(db, operation.CorrelationId).ToListAsync(cancellationToken);
        return
        [
            .. attempts.OrderBy(a => a.Number).Select(a => new OperationAttempt
            {
                Number = a.Number,
                Kind = a.Kind,
                Host = a.Host,
                StartedAt = a.StartedAt,
                EndedAt = a.EndedAt,
                Outcome = a.Outcome,
                StaleOutcome = a.StaleOutcome,
                Error = a.ErrorKind is { } kind ? new OperationError(kind, a.ErrorMessage ?? "") : null,
                Repairs = a.Repairs,
            }),
        ];
    }
}
