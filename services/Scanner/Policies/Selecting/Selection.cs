using Sparsify.Contracts;

namespace Sparsify.Scanner.Policies.Selecting;

/// <summary>Which disks a run takes, in which order, and what is told of the others.</summary>
/// <param name="Chosen">Those with most to give back first.</param>
/// <param name="PassedOver">The others with most to give back, as many as are listed.</param>
/// <param name="Considered">All that the selector fits.</param>
internal sealed record Selection(IReadOnlyList<PolicyRunDisk> Chosen, IReadOnlyList<PolicyRunDisk> PassedOver, int Considered)
{
    /// <summary>The most disks that a run takes, and that a report lists.</summary>
    public const int Most = 1000;

    /// <summary>Considered disks that no report lists.</summary>
    public int Omitted => Considered - Chosen.Count - PassedOver.Count;

    /// <summary>Bytes that the chosen ones would give back.</summary>
    public long Reclaimable => Chosen.Sum(d => d.Reclaimable ?? 0);

    /// <summary>Chooses.</summary>
    /// <param name="judged">Every disk that the selector fits.</param>
    /// <param name="perRun">How many may be chosen; null for as many as a run takes.</param>
    public static Selection Of(IEnumerable<PolicyRunDisk> judged, int? perRun)
    {
        var ordered = judged.OrderByDescending(d => d.Reclaimable ?? -1).ThenBy(d => d.DiskId).ToList();
        var wanted = ordered.Where(d => d.Verdict == PolicyVerdict.Chosen).ToList();
        var chosen = wanted.Take(Math.Min(perRun ?? Most, Most)).ToList();
        var passedOver = wanted.Skip(chosen.Count).Select(d => d with { Verdict = PolicyVerdict.OverLimit })
            .Concat(ordered.Where(d => d.Verdict != PolicyVerdict.Chosen))
            .OrderByDescending(d => d.Reclaimable ?? -1).ThenBy(d => d.DiskId)
            .Take(Most - chosen.Count);
        return new Selection(chosen, [.. passedOver], ordered.Count);
    }
}
