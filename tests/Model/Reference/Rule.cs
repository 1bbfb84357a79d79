using Sparsify.Contracts;

namespace Sparsify.Model.Reference;

/// <summary>One line of the table: in these states, when this happens and the condition holds, the operation goes this way.</summary>
/// <param name="From">The states.</param>
/// <param name="On">What happens.</param>
/// <param name="When">The condition; null is always.</param>
/// <param name="Path">The states it goes through; empty when it stays.</param>
/// <param name="Tells">It stays, and a change is published.</param>
internal sealed record Rule(OperationState[] From, OperationEvent[] On, Func<ReferenceOperation, ReferenceState, bool>? When, OperationState[] Path, bool Tells = false)
{
    public bool Fits(ReferenceOperation operation, OperationEvent happened, ReferenceState state) =>
        From.Contains(operation.State) && On.Contains(happened) && (When is null || When(operation, state));
}
