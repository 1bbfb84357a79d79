using Sparsify.Chaos.Disks;
using Sparsify.Chaos.Running;

namespace Sparsify.Chaos.Invariants;

/// <summary>The API shows what the Orchestrators have, what was said of runs did happen, and nothing is left over.</summary>
public sealed class OneTruth : IInvariant
{
    /// <inheritdoc />
    public IEnumerable<string> Violations(PlanEvidence evidence)
    {
        foreach (var message in evidence.NotQuiet)
            yield return $"not quiet: {message}";
        foreach (var (id, operation) in evidence.Operations)
        {
            if (operation.ReadState != operation.State || operation.ReadRevision != operation.Revision)
                yield return $"operation {id} is {operation.State} (revision {operation.Revision}), and the API shows {operation.ReadState} (revision {operation.ReadRevision})";
            if (operation.State == "Completed" && !HasWorked(evidence, id, evidence.Disks[operation.Disk]))
                yield return $"operation {id} is Completed, and no run of it has done its work";
        }
    }

    /// <summary>A run that was cut off after its last step counts, by what the disk shows.</summary>
    private static bool HasWorked(PlanEvidence evidence, Guid operation, ChaosDisk disk)
    {
        var runs = evidence.Runs.Where(r => r.Kind == "run" && r.Job.StartsWith($"{operation:D}-", StringComparison.Ordinal)).ToList();
        return runs.Any(r => r.What == "end") || (runs.Any(r => r.What == "begin") && disk.IsEmptied);
    }
}
