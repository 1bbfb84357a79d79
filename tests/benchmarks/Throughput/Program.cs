using System.CommandLine;
using Sparsify.Benchmarks.Throughput;

var operations = new Option<int>("--operations") { Description = "Operations in a round.", DefaultValueFactory = _ => 300 };
var rounds = new Option<int>("--rounds") { Description = "Rounds; the first warms up and is not counted.", DefaultValueFactory = _ => 8 };
var hosts = new Option<int>("--hosts") { Description = "Host workers.", DefaultValueFactory = _ => 2 };
var slots = new Option<int>("--slots") { Description = "Disks that a host works on at once.", DefaultValueFactory = _ => 8 };
var command = new RootCommand("Operations a second, from POST to final state, and CPU time an operation by process, distributed, with a virt-sparsify that takes no time.") { operations, rounds, hosts, slots };
command.SetAction(async (parse, _) => await Load.RunAsync(parse.GetValue(operations), parse.GetValue(rounds), parse.GetValue(hosts), parse.GetValue(slots)));
return await command.Parse(args).InvokeAsync();
