using Sparsify.Contracts;
using static Sparsify.Contracts.OperationState;

namespace Sparsify.Model.Checks;

/// <summary>Which published state may be followed by which, as README's picture has it; within one message it may be more than one step. The fault plans judge by it too.</summary>
internal static class Paths
{
    private static readonly Dictionary<OperationState, OperationState[]> From = new()
    {
        [Requested] = [Rejected, Queued, Canceled],
        [Queued] = [Running, Canceling, Recovering, Skipped, Rejected, Failed, Canceled, Completed],
        [Running] = [Completed, Failed, Skipped, Canceling, Canceled, Recovering],
        [Canceling] = [Canceled, Recovering, Completed],
        [Recovering] = [Queued, Failed, Canceled, NeedsAttention],
        [NeedsAttention] = [Recovering, Failed],
        [Completed] = [],
        [Failed] = [],
        [Skipped] = [],
        [Rejected] = [],
        [Canceled] = [],
    };

    /// <summary>A state may also be told again, with news of something else, while it lasts.</summary>
    public static bool MayFollow(OperationState from, OperationState next) => From[from].Contains(next) || (from == next && from != Requested && !IsFinal(from));

    public static bool IsFinal(OperationState state) => From[state].Length == 0;
}
