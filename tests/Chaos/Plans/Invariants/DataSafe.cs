using Sparsify.Chaos.Running;

namespace Sparsify.Chaos.Invariants;

/// <summary>The vital bytes of every disk are what they were, unless a person released it as it was.</summary>
public sealed class DataSafe : IInvariant
{
    /// <inheritdoc />
    public IEnumerable<string> Violations(PlanEvidence evidence)
    {
        var released = evidence.Released.Where(evidence.Operations.ContainsKey).Select(id => evidence.Operations[id].Disk).ToHashSet();
        foreach (var disk in evidence.Disks.Values.Where(d => !released.Contains(d.Name) && !d.IsSound))
            yield return $"{disk.Name} has lost the header of a swap area";
    }
}
