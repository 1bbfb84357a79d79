using System.CommandLine;
using Sparsify.Benchmarks.Policies;

var disks = new Option<int>("--disks") { Description = "Disks of the fleet.", DefaultValueFactory = _ => 20 };
var needing = new Option<int>("--needing") { Description = "Those of them that need it.", DefaultValueFactory = _ => 4 };
var command = new RootCommand("virt-sparsify on every disk of a fleet, one after another, against a policy on the same fleet.") { disks, needing };
command.SetAction(async (parse, _) => await Comparison.RunAsync(parse.GetValue(disks), parse.GetValue(needing)));
return await command.Parse(args).InvokeAsync();
