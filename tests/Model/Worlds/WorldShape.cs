using Sparsify.Orchestrator;

namespace Sparsify.Model.Worlds;

/// <summary>How many disks, hosts and slots there are, and the limits in force.</summary>
internal sealed class WorldShape
{
    private readonly int _attempts;
    private readonly int _repairs;
    private readonly int _jobs;

    public WorldShape(Random random)
    {
        string[] domains = random.Next(3) == 0 ? ["fast", "slow"] : ["fast"];
        Disks = random.Next(1, 4);
        Places = [.. Enumerable.Range(1, Disks + 1).Select(i => (domains[random.Next(domains.Length)], $"{i}.img"))];
        Hosts = [.. Enumerable.Range(0, random.Next(2, 4)).Select(i => (((char)('a' + i)).ToString(), random.Next(1, 3), Reached(i)))];
        (_attempts, _repairs, _jobs) = (random.Next(1, 4), random.Next(1, 4), random.Next(1, 4));

        // The first reaches everything.
        IReadOnlyList<string> Reached(int host) => host == 0 || random.Next(2) == 0 ? domains : [domains[random.Next(domains.Length)]];
    }

    public int Disks { get; }

    /// <summary>Where disks are, and one place more.</summary>
    public IReadOnlyList<(string Domain, string Path)> Places { get; }

    public IReadOnlyList<(string Name, int Slots, IReadOnlyList<string> Domains)> Hosts { get; }

    public void Configure(OrchestratorOptions options)
    {
        options.NoHostTimeout = TimeSpan.FromMinutes(30);
        (options.MaximumAttempts, options.MaximumRepairs, options.MaximumJobsPerStorageDomain) = (_attempts, _repairs, _jobs);
    }

    public override string ToString() =>
        $"disks at {string.Join(", ", Places.Take(Disks).Select(p => $"{p.Domain}/{p.Path}"))}; hosts {string.Join(", ", Hosts.Select(h => $"{h.Name} ({h.Slots} slots, reaches {string.Join(" and ", h.Domains)})"))}; at most {_attempts} runs, {_repairs} repairs, {_jobs} jobs on a domain";
}
