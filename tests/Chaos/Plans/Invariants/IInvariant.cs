using Sparsify.Chaos.Running;

namespace Sparsify.Chaos.Invariants;

/// <summary>Something that holds whatever went wrong.</summary>
public interface IInvariant
{
    /// <summary>A sentence for each violation.</summary>
    IEnumerable<string> Violations(PlanEvidence evidence);
}
