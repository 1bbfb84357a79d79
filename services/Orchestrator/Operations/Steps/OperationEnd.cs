using MassTransit;
using Sparsify.Contracts;

namespace Sparsify.Orchestrator.Operations.Steps;

/// <summary>What a final state brings with it: its time, its event, the release of the lock, and the published change.</summary>
internal sealed class OperationEnd(DiskLocking locking, TimeProvider time)
{
    public async Task FinishAsync(BehaviorContext<Operation> context)
    {
        var operation = context.Saga;
        operation.FinishedAt = time.GetUtcNow();
        operation.LastClosedAttempt = int.MaxValue;
        await locking.ReleaseAsync(context);
        await context.Publish(Event(operation, operation.FinishedAt.Value));
        await OperationChanges.PublishAsync(context);
    }

    private static object Event(Operation operation, DateTimeOffset now) => Enum.Parse<OperationState>(operation.State) switch
    {
        OperationState.Rejected => new SparsifyDiskRejected
        {
            OperationId = operation.CorrelationId,
            DiskId = operation.DiskId,
            Violations = operation.Violations,
            RejectedAt = now,
            Policy = operation.Policy,
        },
        OperationState.Completed => new SparsifyDiskCompleted
        {
            OperationId = operation.CorrelationId,
            DiskId = operation.DiskId,
            Outcome = operation.Outcome!.Value,
            SizeBefore = operation.SizeBefore!.Value,
            SizeAfter = operation.SizeAfter!.Value,
            Reclaimed = operation.SizeBefore.Value - operation.SizeAfter.Value,
            Warnings = operation.Warnings,
            CompletedAt = now,
            Policy = operation.Policy,
        },
        OperationState.Skipped => new SparsifyDiskSkipped
        {
            OperationId = operation.CorrelationId,
            DiskId = operation.DiskId,
            Reclaimable = operation.Predicted!.Value,
            MinReclaimable = operation.MinReclaimable,
            SkippedAt = now,
            Policy = operation.Policy,
        },
        OperationState.Failed => new SparsifyDiskFailed
        {
            OperationId = operation.CorrelationId,
            DiskId = operation.DiskId,
            Error = operation.Error!,
            FailedAt = now,
            Policy = operation.Policy,
        },
        OperationState.Canceled => new SparsifyDiskCanceled
        {
            OperationId = operation.CorrelationId,
            DiskId = operation.DiskId,
            CanceledAt = now,
            Policy = operation.Policy,
        },
        var state => throw new InvalidOperationException($"{state} is not a final state."),
    };
}
