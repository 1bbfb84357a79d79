using Sparsify.Chaos.Running;

namespace Sparsify.Chaos.Invariants;

/// <summary>Every request that was answered is in exactly one final state, and its final event was heard.</summary>
public sealed class NothingLost : IInvariant
{
    private static readonly Dictionary<string, string> FinalEvents = new()
    {
        ["Rejected"] = "SparsifyDiskRejected",
        ["Skipped"] = "SparsifyDiskSkipped",
        ["Completed"] = "SparsifyDiskCompleted",
        ["Failed"] = "SparsifyDiskFailed",
        ["Canceled"] = "SparsifyDiskCanceled",
    };

    /// <inheritdoc />
    public IEnumerable<string> Violations(PlanEvidence evidence)
    {
        foreach (var lost in evidence.Answered.Except(evidence.Operations.Keys))
            yield return $"request {lost} was answered and the Orchestrators know no such operation";
        foreach (var (id, operation) in evidence.Operations)
        {
            if (!FinalEvents.TryGetValue(operation.State, out var expected))
            {
                yield return $"operation {id} is {operation.State} for ever";
                continue;
            }

            var ends = evidence.Heard[id].Where(h => FinalEvents.ContainsValue(h.Type)).Select(h => h.Type).ToList();
            if (ends is not [var end] || end != expected)
                yield return $"operation {id} is {operation.State}, and its final events are: {string.Join(", ", ends)}";
        }
    }
}
