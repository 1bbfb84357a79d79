using Sparsify.Chaos.Faults;
using Sparsify.Chaos.Fleet;
using Sparsify.Chaos.Running;

namespace Sparsify.Chaos.Invariants;

/// <summary>No two processes ever work on one disk at once, no disk is given to a second one, no attempt runs twice, and no more work at once than the limits allow.</summary>
public sealed class OneWriter : IInvariant
{
    /// <inheritdoc />
    public IEnumerable<string> Violations(PlanEvidence evidence)
    {
        foreach (var run in evidence.Runs.Where(r => r.What == "overlap"))
            yield return $"two writers on {run.Disk}: {run.Job} began at {run.At:F1} while another was at work";
        foreach (var twice in evidence.Runs.Where(r => r is { Kind: "run", What: "begin" or "overlap" }).GroupBy(r => r.Job).Where(g => g.Count() > 1))
            yield return $"attempt {twice.Key} ran {twice.Count()} times";
        if (!LocksAloneMayHelp(evidence))
        {
            foreach (var run in evidence.Runs.Where(r => r.What == "refused"))
                yield return $"a second writer on {run.Disk}: {run.Job} began at {run.At:F1} while another was at work, and only the image lock held it off";
            foreach (var attempt in evidence.Attempts.Where(a => a.ErrorKind == "InUse"))
                yield return $"attempt {attempt.Job} was given a disk that was in use, and no VM opens images here";
        }

        var domains = evidence.Plan.Disks.ToDictionary(d => d.Name, d => d.Domain);
        foreach (var (domain, most) in MostAtOnce(evidence, r => domains.GetValueOrDefault(r.Disk)).Where(d => d.Value > FleetSettings.JobsPerDomain))
            yield return $"{most} disks of {domain} were worked on at once, and {FleetSettings.JobsPerDomain} are allowed";
        var hosts = evidence.Attempts.ToDictionary(a => a.Job, a => a.Host);
        foreach (var (host, most) in MostAtOnce(evidence, r => hosts.GetValueOrDefault(r.Job)).Where(h => h.Value > FleetSettings.Slots))
            yield return $"{most} disks were worked on at once by {host}, and {FleetSettings.Slots} are allowed";
    }

    /// <summary>What stood still together with the lifeline that would have ended it writes on when it wakes up.</summary>
    private static bool LocksAloneMayHelp(PlanEvidence evidence) => evidence.Plan.Faults.Any(f => f is RunHit { Kill: false, Which: not RunProcess.Tool });

    /// <summary>Runs that ended by themselves: when one was cut off is not known.</summary>
    private static Dictionary<string, int> MostAtOnce(PlanEvidence evidence, Func<RunRecord, string?> place)
    {
        var changes = evidence.Runs.Where(r => r.Kind == "run" && place(r) is not null).GroupBy(r => (r.Job, r.Process)).Where(g => g.Any(r => r.What == "end"))
            .SelectMany(g => g.Where(r => r.What is "begin" or "end").Select(r => (Place: place(r)!, r.At, By: r.What == "begin" ? 1 : -1)));
        return changes.GroupBy(c => c.Place).ToDictionary(g => g.Key, g => g.OrderBy(c => c.At).Aggregate((Now: 0, Most: 0), (sum, c) => (sum.Now + c.By, Math.Max(sum.Most, sum.Now + c.By))).Most);
    }
}
