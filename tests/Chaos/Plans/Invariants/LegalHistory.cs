using Sparsify.Chaos.Running;
using Sparsify.Contracts;
using Sparsify.Model.Checks;

namespace Sparsify.Chaos.Invariants;

/// <summary>The published changes of an operation are all there, and its states are a path of the state list.</summary>
public sealed class LegalHistory : IInvariant
{
    /// <inheritdoc />
    public IEnumerable<string> Violations(PlanEvidence evidence)
    {
        foreach (var (id, operation) in evidence.Operations)
        {
            var changes = evidence.Heard[id].Where(h => h.Type == "OperationChanged")
                .Select(h => (Revision: h.Message.GetProperty("revision").GetInt32(), State: h.Message.GetProperty("state").GetString()!)).OrderBy(c => c.Revision).ToList();
            if (!changes.Select(c => c.Revision).SequenceEqual(Enumerable.Range(1, operation.Revision)))
                yield return $"operation {id} has {operation.Revision} revisions, and heard were {string.Join(", ", changes.Select(c => c.Revision))}";
            var before = OperationState.Requested;
            foreach (var (revision, state) in changes)
            {
                if (!Enum.TryParse<OperationState>(state, out var next) || next.ToString() != state || !Paths.MayFollow(before, next))
                    yield return $"operation {id} went from {before} to {state} (revision {revision})";
                before = next;
            }
        }
    }
}
