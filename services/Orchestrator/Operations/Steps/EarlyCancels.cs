using MassTransit;
using Microsoft.EntityFrameworkCore;
using Sparsify.Contracts;
using Sparsify.Messaging;
using Sparsify.Orchestrator.Storage;

namespace Sparsify.Orchestrator.Operations.Steps;

/// <summary>Keeps a cancel until its request comes, in the caller's transaction.</summary>
internal sealed class EarlyCancels(OrchestratorDbContext db, TimeProvider time)
{
    /// <summary>Notes the cancel of an operation that is not known.</summary>
    public async Task NoteAsync(ConsumeContext<CancelSparsifyRequested> context)
    {
        var cancel = context.Message;
        await SerialiseAsync(cancel.OperationId, context.CancellationToken);
        // Its request may have been handled meanwhile, and would not look again.
        if (await db.Operations.AnyAsync(o => o.CorrelationId == cancel.OperationId, context.CancellationToken))
            await context.Send(EndpointNames.Address(EndpointNames.Operations), cancel);
        else if (!await db.EarlyCancels.AnyAsync(c => c.OperationId == cancel.OperationId, context.CancellationToken))
            db.EarlyCancels.Add(new EarlyCancel { OperationId = cancel.OperationId, AskedAt = time.GetUtcNow() });
    }

    /// <summary>Whether the operation was called off before its request came. Asked once.</summary>
    public async Task<bool> TryTakeAsync(Guid operationId, CancellationToken cancellationToken)
    {
        await SerialiseAsync(operationId, cancellationToken);
        return await db.EarlyCancels.Where(c => c.OperationId == operationId).ExecuteDeleteAsync(cancellationToken) == 1;
    }

    private Task SerialiseAsync(Guid operationId, CancellationToken cancellationToken) => db.SerialiseAsync(cancellationToken, $"operation {operationId}");
}
