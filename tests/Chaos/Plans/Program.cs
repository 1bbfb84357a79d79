using System.CommandLine;
using Sparsify.Chaos.Planning;
using Sparsify.Chaos.Running;

var plans = new Option<int>("--plans") { Description = "How many plans to run.", DefaultValueFactory = _ => 20 };
var seed = new Option<int?>("--seed") { Description = "The first plan's seed; the next have the next numbers. Random unless given." };
var only = new Option<int?>("--only") { Description = "Run this plan alone." };
var fleets = new Option<int>("--fleets") { Description = "How many fleets run plans beside each other; one takes a processor.", DefaultValueFactory = _ => 1 };
var show = new Option<bool>("--show") { Description = "Print the plans and run none." };
var stop = new Option<bool>("--stop") { Description = "Stop at the first violation." };
var root = new RootCommand("Runs the platform under seeded fault plans and checks what must hold whatever goes wrong.") { plans, seed, only, fleets, show, stop };
root.SetAction(async (parse, _) =>
{
    var first = parse.GetValue(only) ?? parse.GetValue(seed) ?? Random.Shared.Next(1_000_000);
    var seeds = Enumerable.Range(first, parse.GetValue(only) is null ? parse.GetValue(plans) : 1);
    if (parse.GetValue(show))
    {
        foreach (var number in seeds)
            Console.WriteLine(FaultPlanner.Plan(number, scratchMayFill: true));
        return 0;
    }

    Console.WriteLine($"{seeds.Count()} plans from seed {first}");
    return await new Campaign(seeds, parse.GetValue(fleets), parse.GetValue(stop)).RunAsync() == 0 ? 0 : 1;
});
return await root.Parse(args).InvokeAsync();
