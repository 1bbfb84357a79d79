using Sparsify.Contracts;

namespace Sparsify.Api.Operations;

/// <summary>The states that never change.</summary>
internal static class FinalStates
{
    public static bool IsFinal(this OperationState state) =>
        state is OperationState.Rejected or OperationState.Skipped or OperationState.Completed or OperationState.Failed or OperationState.Canceled;
}
