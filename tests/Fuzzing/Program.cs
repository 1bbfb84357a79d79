using System.CommandLine;
using System.Globalization;
using Sparsify.Fuzzing;
using Sparsify.Fuzzing.Seeds;

var inputs = new Option<long>("--inputs") { Description = "How many inputs to measure.", DefaultValueFactory = _ => 10_000_000 };
var minutes = new Option<double>("--minutes") { Description = "Stop after this time.", DefaultValueFactory = _ => 600 };
var start = new Option<int>("--start") { Description = "The number of the first input; runs with other starts measure other inputs.", DefaultValueFactory = _ => 0 };
var only = new Option<string?>("--seed") { Description = "Only seeds with this in their name." };
var repeat = new Option<string?>("--repeat") { Description = "Measure one input again, SEED:NUMBER." };
var root = new RootCommand("Measures mutated disk images of every kind; any fault ends it with the input's number.") { inputs, minutes, start, only, repeat };
root.SetAction(async (parse, _) =>
{
    var seeds = (await SeedImages.MakeAsync()).Where(s => parse.GetValue(only) is not { } part || s.Name.Contains(part, StringComparison.Ordinal)).ToList();
    var fuzzer = new Fuzzer(seeds, parse.GetValue(start));
    if (parse.GetValue(repeat)?.Split(':') is [var seed, var number])
    {
        fuzzer.Repeat(seed, int.Parse(number, CultureInfo.InvariantCulture));
        Console.WriteLine("That input gives no fault.");
        return 0;
    }

    using var timer = new Timer(_ => Report(), null, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30));
    try
    {
        fuzzer.Run(parse.GetValue(inputs), TimeSpan.FromMinutes(parse.GetValue(minutes)), Environment.ProcessorCount);
        Report();
        return 0;
    }
    catch (FuzzingException e)
    {
        Console.Error.WriteLine(e.Message);
        return 1;
    }

    void Report() => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{fuzzer.Inputs:N0} inputs from {seeds.Count} seeds: {fuzzer.Refused:N0} refused, {fuzzer.Opaque:N0} with an opaque region, no fault"));
});
return await root.Parse(args).InvokeAsync();
