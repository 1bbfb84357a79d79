using Sparsify.Contracts;
using Sparsify.Orchestrator.Jobs;

namespace Sparsify.Model.Reference;

/// <summary>Which jobs a host may get, and must get, when it claims.</summary>
internal static class Claiming
{
    /// <exception cref="ViolationException">It got too few, too many, or the wrong ones.</exception>
    public static void Check(ClaimVolumeJobs claim, IReadOnlyList<ReferenceOperation> given, ReferenceState state, Facts facts)
    {
        var isDraining = state.Hosts.TryGetValue(claim.Host, out var host) && host.Draining;
        var leases = state.Operations.Values.Where(o => o.Lease is not null).ToList();
        var free = isDraining ? 0 : Math.Max(0, claim.Slots - leases.Count(o => o.Lease!.Host == claim.Host));
        var claimable = state.Operations.Values.Where(o => MayGet(claim, o, state) && !(o.Job == VolumeJobStatus.NeedsRepair && facts.IsInUse(o))).ToList();
        var left = claimable.Except(given).ToList();
        if (given.Except(claimable).FirstOrDefault() is { } wrong)
            throw Violation(claim, $"got {Ids.Name(wrong.Id)}, which is not to be had: {wrong.State}, {wrong.Job}");
        if (given.Count > free)
            throw Violation(claim, $"got {given.Count} jobs for {free} free slots");
        if (given.FirstOrDefault(g => Taken(g.Domain) > state.Options.MaximumJobsPerStorageDomain) is { } over)
            throw Violation(claim, $"storage domain {over.Domain} is over its limit");
        if (isDraining)
            return;
        if (given.Count < free && left.Find(HasRoom) is { } forgotten)
            throw Violation(claim, $"did not get {Ids.Name(forgotten.Id)}, which waits ({forgotten.Job})");
        if (left.Find(l => HasRoom(l) && given.Any(g => Rank(l).CompareTo(Rank(g)) < 0)) is { } later)
            throw Violation(claim, $"got others before {Ids.Name(later.Id)}, which comes first");

        int Taken(string domain) => leases.Count(o => o.Domain == domain) + given.Count(o => o.Domain == domain);
        bool HasRoom(ReferenceOperation o) => Taken(o.Domain) < state.Options.MaximumJobsPerStorageDomain;
    }

    private static (int, int, DateTimeOffset) Rank(ReferenceOperation o) => (o.Job == VolumeJobStatus.NeedsRepair ? 0 : 1, -(int)o.Priority, o.QueuedAt);

    private static bool MayGet(ClaimVolumeJobs claim, ReferenceOperation o, ReferenceState state)
    {
        var (now, from) = (state.Clock.Now, o.NotBefore.Earliest);
        if (!o.IsOffered || !claim.StorageDomains.Contains(o.Domain) || (from > now && from <= state.LatestRetry))
            return false;
        // Kept for a while for those that have not failed it; a time that a clock gave which was put back since means nothing.
        return !o.FailedHosts.Contains(claim.Host) || from > now || now >= from + state.Options.OtherHostPreference
            || !state.Hosts.Any(h => h.Value is { Claims: true, Draining: false } && h.Value.AliveUntil > now && h.Value.Domains.Contains(o.Domain) && !o.FailedHosts.Contains(h.Key));
    }

    private static ViolationException Violation(ClaimVolumeJobs claim, string what) => new("Claim", $"{claim.Host} {what}");
}
