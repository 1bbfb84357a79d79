using Sparsify.Contracts;
using Sparsify.Scanner.Fleet;
using Sparsify.Scanner.Thresholds;

namespace Sparsify.Scanner.Policies.Selecting;

/// <summary>Decides for one policy and one disk at a time whether the policy would choose it, and why not.</summary>
/// <param name="policy">The policy.</param>
/// <param name="others">The other policies in force.</param>
/// <param name="settings">The thresholds of a storage domain's disks, where the policy gives none.</param>
internal sealed class DiskJudge(PolicyInForce policy, IEnumerable<PolicyInForce> others, Func<string, SparsifyThresholds> settings)
{
    private readonly PolicyInForce[] _all = [policy, .. others.Where(p => p.Id != policy.Id)];

    /// <summary>Judges a disk.</summary>
    /// <returns>Null when the selector does not fit: the policy has nothing to do with it.</returns>
    public PolicyRunDisk? Judge(ScannedDisk disk)
    {
        var known = disk.Snapshot;
        if (disk.RemovedAt is not null || !policy.Rule.Selector.Fits(known))
            return null;
        var line = new PolicyRunDisk
        {
            DiskId = disk.Id,
            Name = known.Name,
            StorageDomain = known.StorageDomain,
            Path = known.Path,
            ActualSize = known.ActualSize,
            Reclaimable = disk.Measurement?.Reclaimable,
            Verdict = PolicyVerdict.Chosen,
        };
        if (policy.Rule.Selector.Exclude.Fits(known))
            return line with { Verdict = PolicyVerdict.Excluded };
        if (_all.TakerOf(known) is { } taker && taker.Id != policy.Id)
            return line with { Verdict = PolicyVerdict.TakenByAnother, TakenBy = taker.Rule.Name };
        if (known.OperationId is { } holder)
            return line with { Verdict = PolicyVerdict.Locked, OperationId = holder };
        if (line.Reclaimable is not { } reclaimable)
            return line with { Verdict = PolicyVerdict.NotMeasured };
        if (!policy.Rule.Thresholds.Over(settings(known.StorageDomain)).Passes(reclaimable, known.ActualSize))
            return line with { Verdict = PolicyVerdict.BelowThreshold };
        if (known.Violations.Count > 0)
            return line with { Verdict = PolicyVerdict.Ineligible, Violations = known.Violations };
        return policy.Rule.Mode == PolicyMode.Alert ? line with { Verdict = PolicyVerdict.AlertOnly } : line;
    }
}
