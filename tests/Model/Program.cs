using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Sparsify.Model;
using Sparsify.Model.Reference;

var sequences = new Option<long>("--sequences") { Description = "How many sequences to run, eight of each seed.", DefaultValueFactory = _ => 100_000 };
var seed = new Option<int?>("--seed") { Description = "The first seed; each next has the next number. By chance unless given." };
var only = new Option<int?>("--only") { Description = "Run the sequences of one seed again." };
var root = new RootCommand("Runs random sequences of events against the Orchestrator and a reference model; any difference ends it with the seed that repeats it.") { sequences, seed, only };
root.SetAction(async (parse, _) =>
{
    var explorer = new Explorer(Rules.All);
    var watch = Stopwatch.StartNew();
    using var timer = new Timer(_ => Report(), null, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30));
    var failure = parse.GetValue(only) is { } again
        ? await explorer.RunAsync(again)
        : await explorer.RunAsync(parse.GetValue(seed) ?? Random.Shared.Next(1 << 30), parse.GetValue(sequences), TimeSpan.MaxValue, Environment.ProcessorCount);
    await timer.DisposeAsync();
    if (failure is not null)
    {
        Console.Error.WriteLine(failure);
        return 1;
    }

    Report();
    foreach (var ((from, on, to), count) in explorer.Coverage.Ways)
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count,12:N0}  {from} -> {to}: {on}"));
    foreach (var (from, on, to) in explorer.Coverage.Missing(Rules.All))
        Console.WriteLine($"       never  {from} -> {to}: {on}");
    return 0;

    void Report() => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{explorer.Sequences:N0} sequences, {explorer.Steps:N0} steps in {watch.Elapsed:hh\\:mm\\:ss}: {explorer.Sequences / watch.Elapsed.TotalSeconds:N0} sequences/s, {explorer.Steps / watch.Elapsed.TotalSeconds:N0} steps/s; processor time {Environment.CpuUsage.TotalTime:hh\\:mm\\:ss}"));
});
return await root.Parse(args).InvokeAsync();
