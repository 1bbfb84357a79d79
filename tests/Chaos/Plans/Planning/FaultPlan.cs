using Sparsify.Chaos.Faults;

namespace Sparsify.Chaos.Planning;

/// <summary>What is asked for and what goes wrong, all of it decided by a seed.</summary>
/// <param name="Seed">The same seed gives the same plan.</param>
/// <param name="Disks">The disks.</param>
/// <param name="Requests">The requests.</param>
/// <param name="Vms">The VMs that start meanwhile.</param>
/// <param name="Faults">The faults.</param>
public sealed record FaultPlan(int Seed, IReadOnlyList<DiskPlan> Disks, IReadOnlyList<RequestPlan> Requests, IReadOnlyList<VmPlan> Vms, IReadOnlyList<Fault> Faults)
{
    /// <summary>For people.</summary>
    public override string ToString() => string.Join('\n', Lines());

    private IEnumerable<string> Lines()
    {
        yield return $"plan {Seed}: {Disks.Count} disks, {Requests.Count} requests, {Faults.Count} faults";
        var events = Requests.Select(r => (r.At, Text: $"request {r.Id} for {Disks[r.Disk].Name}{(r.ByMessage ? " by message" : "")}{(r.Copies > 1 ? $", {r.Copies} copies" : "")}{(r.Force ? ", force" : "")}, {r.Priority}"))
            .Concat(Requests.Where(r => r.CancelAt is not null).Select(r => (At: r.CancelAt!.Value, Text: $"cancel {r.Id}")))
            .Concat(Vms.Select(v => (v.At, Text: $"a VM with {Disks[v.Disk].Name} is up for {v.Lasting.TotalSeconds:F1} s")))
            .Concat(Faults.Select(f => (f.At, Text: $"{f} for {f.Lasting.TotalSeconds:F1} s")));
        foreach (var (at, text) in events.OrderBy(e => e.At))
            yield return $"  {at.TotalSeconds,5:F1} s  {text}";
        foreach (var disk in Disks.Where(d => d.Behaviours.Any(b => b.ExitCode != 0 || b.Garbage || b.Hangs || b.WithoutImageLock || b.RepairHangs)))
            yield return $"  {disk.Name}: {string.Join("; ", disk.Behaviours.Select(Describe))}";
    }

    private static string Describe(StandIn.Behaviour b) =>
        $"{b.StepMilliseconds} ms a step{(b.ExitCode != 0 ? $", exit {b.ExitCode} «{b.Complaint}»" : "")}{(b.Garbage ? ", garbage" : "")}{(b.Hangs ? ", hangs" : "")}{(b.WithoutImageLock ? ", no image lock" : "")}{(b.RepairHangs ? ", the first repair hangs" : "")}";
}
