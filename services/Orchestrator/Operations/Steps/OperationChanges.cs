using MassTransit;
using Sparsify.Contracts;

namespace Sparsify.Orchestrator.Operations.Steps;

/// <summary>Tells the world the state of an operation.</summary>
internal static class OperationChanges
{
    public static async Task PublishAsync(BehaviorContext<Operation> context)
    {
        var operation = context.Saga;
        operation.Revision++;
        await context.Publish(new OperationChanged
        {
            OperationId = operation.CorrelationId,
            Revision = operation.Revision,
            DiskId = operation.DiskId,
            State = Enum.Parse<OperationState>(operation.State),
            Trigger = operation.Trigger,
            RequestedBy = operation.RequestedBy,
            Policy = operation.Policy,
            Priority = operation.Priority,
            Generation = operation.Generation,
            Attempt = operation.Attempt,
            Host = operation.Host,
            Attempts = operation.Generation is null ? [] : await context.Service<AttemptHistory>().OfAsync(operation, context.CancellationToken),
            Predicted = operation.Predicted,
            SizeBefore = operation.SizeBefore,
            SizeAfter = operation.SizeAfter,
            Outcome = operation.Outcome,
            Warnings = operation.Warnings,
            Violations = operation.Violations,
            Error = operation.Error,
            TraceId = operation.TraceId,
            CreatedAt = operation.CreatedAt,
            StartedAt = operation.StartedAt,
            FinishedAt = operation.FinishedAt,
        });
    }
}
