using System.Globalization;
using Sparsify.Chaos.Kills.Cases;
using Sparsify.Chaos.Kills.Disks;
using Spectre.Console;

namespace Sparsify.Chaos.Kills;

/// <summary>A line for each kill, and tables at the end.</summary>
internal sealed class Report(int seed)
{
    private readonly Lock _gate = new();
    private readonly List<KillResult> _results = [];

    /// <summary>How an undisturbed run went.</summary>
    public static void Show(string format, Course course) => Say(
        $"{format}: an undisturbed run takes {course.Length.TotalSeconds:0.0} s, {course.AllocatedAfter >> 10:N0} KiB stay allocated; {string.Join(", ", course.Parts.Select(p => $"{p.Key} {p.Value.TotalMilliseconds:0} ms"))}");

    /// <summary>What came of a kill.</summary>
    public void Add(KillResult result, string? kept)
    {
        lock (_gate)
        {
            _results.Add(result);
            var plan = result.Plan;
            var bare = result.Bare is null ? (result.Strike.Missed ? "missed" : "not seen") : result.Bare.Count == 0 ? "sound" : string.Join(", ", result.Bare.Select(Short));
            Say($"#{plan.Number} {plan.Format} {(plan.Distributed ? "two hosts" : "embedded")} {plan.Victims} {plan.Aim} +{result.Strike.After.TotalMilliseconds:0} ms at «{result.Strike.Reached}» | bare: {bare} | {string.Join(", ", result.Attempts)} | {(result.Faults.Count == 0 ? "sound" : "FAULT")} | recovery {result.Recovery.TotalSeconds:0} s of {result.Took.TotalSeconds:0} s{string.Concat(result.Repairs.Select(r => $" | {r}"))}");
            foreach (var fault in result.Faults)
                Say($"    {fault}");
            if (kept is not null)
                Say($"    kept in {kept}; again: tests/Chaos/kills --seed {seed} --only {plan.Number}");
        }
    }

    /// <summary>The tables.</summary>
    public void Summarise()
    {
        var hit = _results.Where(r => !r.Strike.Missed).ToList();
        Say($"What the bare tool would have left, and what was left here:");
        Print("killed", hit, r => r.Plan.Victims.ToString());
        Print("aimed at", hit, r => r.Plan.Aim.ToString());
        Print("platform", hit, r => r.Plan.Distributed ? "two hosts" : "embedded");
        Say($"{hit.Count} kills ({_results.Count - hit.Count} came when the run was over): the bare tool would have left {hit.Count(r => r.BareIsDamaged)} disks damaged; here {_results.Count(r => r.Faults.Any(f => f.StartsWith("DAMAGED", StringComparison.Ordinal)))} were, and {_results.Count(r => r.Faults.Count > 0)} kills had any fault.");
    }

    private static void Print(string title, List<KillResult> results, Func<KillResult, string> by)
    {
        var table = new Table().AddColumns(title, "kills", "swap lost", "stray volume", "other", "leaks only", "repaired", "faults here", "recovery s", "most");
        foreach (var group in results.GroupBy(by).OrderBy(g => g.Key).Append(null))
        {
            var of = group?.ToList() ?? results;
            if (of.Count == 0)
                continue;
            var recovery = of.Select(r => r.Recovery.TotalSeconds).Order().ToList();
            table.AddRow(
                group?.Key ?? "all",
                Text(of.Count),
                Text(of.Count(r => Has(r, DamageKind.SwapHeader))),
                Text(of.Count(r => Has(r, DamageKind.StrayVolume))),
                Text(of.Count(r => r.Bare?.Any(d => d.Kind is not (DamageKind.SwapHeader or DamageKind.StrayVolume or DamageKind.Leaks)) == true)),
                Text(of.Count(r => Has(r, DamageKind.Leaks) && !r.BareIsDamaged)),
                Text(of.Count(r => r.Repairs.Count > 0)),
                Text(of.Count(r => r.Faults.Count > 0)),
                $"{recovery[recovery.Count / 2]:0}",
                $"{recovery[^1]:0}");
        }

        AnsiConsole.Write(table);
    }

    private static bool Has(KillResult result, DamageKind kind) => result.Bare?.Any(d => d.Kind == kind) == true;

    private static string Short(Damage damage) => damage.ToString() is { Length: > 160 } text ? text[..160] : damage.ToString();

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static void Say(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
