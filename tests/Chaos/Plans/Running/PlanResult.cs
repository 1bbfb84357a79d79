using Sparsify.Chaos.Planning;

namespace Sparsify.Chaos.Running;

/// <summary>What came of a plan.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Violations">A sentence for each.</param>
/// <param name="States">Operations by their final state.</param>
/// <param name="Runs">Runs that were begun.</param>
/// <param name="Refused">Runs that the image lock refused: a disk was given to a second writer, and the lock of the storage saved it.</param>
/// <param name="Repairs">Headers that were put back.</param>
/// <param name="Released">Operations that a person had to release: their disk is excepted from what must hold.</param>
/// <param name="Quiet">How long after the last fault all was quiet.</param>
/// <param name="Took">How long it all took.</param>
public sealed record PlanResult(
    FaultPlan Plan, IReadOnlyList<string> Violations, IReadOnlyDictionary<string, int> States, int Runs, int Refused, int Repairs, int Released, TimeSpan Quiet, TimeSpan Took)
{
    /// <summary>One line.</summary>
    public override string ToString() => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"plan {Plan.Seed}: {(Violations.Count == 0 ? "ok" : $"{Violations.Count} VIOLATIONS")}, {string.Join(", ", States.OrderBy(s => s.Key).Select(s => $"{s.Value} {s.Key}"))}, {Runs} runs, {Refused} refused by the image lock, {Repairs} repairs, {Released} released, quiet after {Quiet.TotalSeconds:F1} s, {Took.TotalSeconds:F1} s; {string.Join("; ", Plan.Faults)}");
}
