using System.CommandLine;
using Sparsify.Chaos.Kills;
using Sparsify.Chaos.Kills.Plans;
using Spectre.Console;

var count = new Option<int>("--count") { Description = "How many kills.", DefaultValueFactory = _ => 100 };
var start = new Option<int>("--start") { Description = "The number of the first.", DefaultValueFactory = _ => 0 };
var seed = new Option<int>("--seed") { Description = "Other seeds kill others at other moments.", DefaultValueFactory = _ => 1 };
var only = new Option<int?>("--only") { Description = "Only the kill of this number." };
var parallel = new Option<int>("--parallel") { Description = "Platforms beside each other, 1 or 2; each runs appliances.", DefaultValueFactory = _ => 1 };
parallel.AcceptOnlyFromAmong("1", "2");
var command = new RootCommand("Kills worker, virt-sparsify, qemu or all of them in real runs, and judges the disks that are left.") { count, start, seed, only, parallel };
command.SetAction(async (parse, _) =>
{
    if (Console.IsOutputRedirected)
        AnsiConsole.Profile.Width = 160;
    var numbers = parse.GetValue(only) is { } one ? [one] : Enumerable.Range(parse.GetValue(start), parse.GetValue(count));
    var report = new Report(parse.GetValue(seed));
    var faults = await new Campaign(report).RunAsync([.. numbers.Select(n => KillPlan.Of(parse.GetValue(seed), n))], parse.GetValue(parallel));
    report.Summarise();
    return faults == 0 ? 0 : 1;
});
return await command.Parse(args).InvokeAsync();
