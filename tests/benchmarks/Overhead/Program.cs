using System.CommandLine;
using Sparsify.Benchmarks.Overhead;

var rounds = new Option<int>("--rounds") { Description = "How often each way is measured, in turns.", DefaultValueFactory = _ => 3 };
var command = new RootCommand("Wall time of one operation, from POST to Completed, against bare virt-sparsify on an identical disk, side by side.") { rounds };
command.SetAction(async (parse, _) => await Comparison.RunAsync(parse.GetValue(rounds)));
return await command.Parse(args).InvokeAsync();
