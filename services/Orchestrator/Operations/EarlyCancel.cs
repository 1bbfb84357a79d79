namespace Sparsify.Orchestrator.Operations;

/// <summary>A cancel of an operation that is not known: it may have overtaken its request.</summary>
public sealed class EarlyCancel
{
    public Guid OperationId { get; init; }

    public DateTimeOffset AskedAt { get; init; }
}
