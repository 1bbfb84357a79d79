using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Sparsify.Chaos.Fleet;
using Sparsify.Chaos.Planning;
using Sparsify.Chaos.Upstream;

namespace Sparsify.Chaos.Running;

/// <summary>Many plans, on one fleet or on some beside each other.</summary>
public sealed class Campaign(IEnumerable<int> seeds, int fleets, bool stopAtFirst)
{
    private readonly ConcurrentQueue<int> _seeds = new(seeds);
    private readonly ConcurrentBag<PlanResult> _results = [];
    private int _notRun;

    /// <summary>Runs all, and prints a line for each and the sum.</summary>
    /// <returns>How many plans had violations or could not be run.</returns>
    public async Task<int> RunAsync()
    {
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(1, fleets).Select(_ => Task.Run(RunFleetAsync)));
        var failed = _results.Count(r => r.Violations.Count > 0);
        var states = _results.SelectMany(r => r.States).GroupBy(s => s.Key).OrderBy(g => g.Key).Select(g => $"{g.Sum(s => s.Value)} {g.Key}");
        Say($"{_results.Count} plans, {failed} with violations, {_notRun} that could not be run, {watch.Elapsed}: {_results.Sum(r => r.Plan.Faults.Count)} faults, {string.Join(", ", states)}, {_results.Sum(r => r.Runs)} runs, {_results.Sum(r => r.Refused)} refused by the image lock, {_results.Sum(r => r.Repairs)} repairs, {_results.Sum(r => r.Released)} released");
        return failed + _notRun;
    }

    private async Task RunFleetAsync()
    {
        while (!_seeds.IsEmpty)
        {
            var watch = Stopwatch.StartNew();
            await using var fleet = await TryStartAsync();
            if (fleet is null)
                return;
            await using var upstream = new UpstreamSystem(fleet.RabbitMq.Address);
            Say($"A fleet was ready after {watch.Elapsed.TotalSeconds:F0} s, its logs are in {fleet.Folder.Path}");
            var runner = new PlanRunner(fleet, upstream);
            // What is wrong after a plan would be found after all later ones too: they have a new fleet.
            while (_seeds.TryDequeue(out var seed))
            {
                if (await TryRunAsync(runner, seed))
                    continue;
                fleet.Folder.Stays = true;
                Say($"  the fleet's logs stay in {fleet.Folder.Path}");
                break;
            }
        }
    }

    /// <returns>Null when it did not become ready; that counts as a plan that could not be run.</returns>
    private async Task<ChaosFleet?> TryStartAsync()
    {
        try
        {
            return await ChaosFleet.StartAsync();
        }
        catch (Exception e)
        {
            Interlocked.Increment(ref _notRun);
            Say($"{DateTime.Now:HH:mm:ss} A FLEET COULD NOT BE STARTED: {e}");
            return null;
        }
    }

    /// <returns>False when the fleet is not what it should be: there were violations, or the plan could not be run to its end.</returns>
    private async Task<bool> TryRunAsync(PlanRunner runner, int seed)
    {
        try
        {
            var result = await runner.RunAsync(FaultPlanner.Plan(seed, ChaosFleet.ScratchMayFill));
            _results.Add(result);
            Say($"{DateTime.Now:HH:mm:ss} {result}");
            if (result.Violations.Count > 0)
                Complain(seed, $"{result.Plan}\n  VIOLATED:\n    {string.Join("\n    ", result.Violations)}");
            return result.Violations.Count == 0;
        }
        catch (Exception e)
        {
            Interlocked.Increment(ref _notRun);
            Complain(seed, $"{DateTime.Now:HH:mm:ss} plan {seed} COULD NOT BE RUN: {e}");
            return false;
        }
    }

    private void Complain(int seed, FormattableString text)
    {
        Say($"{text.ToString(CultureInfo.InvariantCulture)}\n  again: tests/Chaos/run --only {seed}");
        if (stopAtFirst)
            _seeds.Clear();
    }

    private static void Say(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
