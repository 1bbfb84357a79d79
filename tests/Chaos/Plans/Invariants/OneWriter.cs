using Sparsify.Chaos.Fleet;
using Sparsify.Chaos.Running;

namespace Sparsify.Chaos.Invariants;

/// <summary>No two processes ever work on one disk at once, no attempt runs twice, and no more work at once than the limits allow.</summary>
public sealed class OneWriter : IInvariant
{
    /// <inheritdoc />
    public IEnumerable<string> Violations(PlanEvidence evidence)
    {
        foreach (var run in evidence.Runs.Where(r => r.What == "overlap"))
            yield return $"two writers on {run.Disk}: {run.Job} began at {run.At:F1} while another was at work";
        foreach (var twice in evidence.Runs.Where(r => r is { Kind: "run", What: "begin" or "overlap" }).GroupBy(r => r.Job).Where(g => g.Count() > 1))
            yield return $"attempt {twice.Key} ran {twice.Count()} times";
        foreach (var (domain, most) in MostAtOnce(evidence).Where(d => d.Value > FleetSettings.JobsPerDomain))
            yield return $"{most} disks of {domain} were worked on at once, and {FleetSettings.JobsPerDomain} are allowed";
    }

    /// <summary>Runs that ended by themselves: when one was cut off is not known.</summary>
    private static Dictionary<string, int> MostAtOnce(PlanEvidence evidence)
    {
        var domains = evidence.Plan.Disks.ToDictionary(d => d.Name, d => d.Domain);
        var changes = evidence.Runs.Where(r => r.Kind == "run" && domains.ContainsKey(r.Disk)).GroupBy(r => (r.Job, r.Process)).Where(g => g.Any(r => r.What == "end"))
            .SelectMany(g => g.Where(r => r.What is "begin" or "end").Select(r => (Domain: domains[r.Disk], r.At, By: r.What == "begin" ? 1 : -1)));
        return changes.GroupBy(c => c.Domain).ToDictionary(g => g.Key, g => g.OrderBy(c => c.At).Aggregate((Now: 0, Most: 0), (sum, c) => (sum.Now + c.By, Math.Max(sum.Most, sum.Now + c.By))).Most);
    }
}
