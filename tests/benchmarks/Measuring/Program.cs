using System.CommandLine;
using Sparsify.Benchmarks.Measuring;
using Spectre.Console;

var files = new Option<int>("--files") { Description = "Files that each file system gets in each of two rounds, two thirds of which are deleted.", DefaultValueFactory = _ => 2000 };
var only = new Option<string?>("--only") { Description = "Only one part: prediction, speed or growth." };
var command = new RootCommand("How exact measuring is, against what virt-sparsify then gives back, and how fast, against virt-df and against reading the same bytes.") { files, only };
command.SetAction(async (parse, _) =>
{
    if (Console.IsOutputRedirected)
        AnsiConsole.Profile.Width = 160;
    var report = new Report();
    var part = parse.GetValue(only);
    if (part is null or "growth")
        await Growth.RunAsync(report);
    if (part is null or "speed")
        await Speed.RunAsync(report);
    if (part is null or "prediction")
        await Prediction.RunAsync(report, parse.GetValue(files));
    report.Print();
    return 0;
});
return await command.Parse(args).InvokeAsync();
