using System.Diagnostics;
using Sparsify.Contracts;
using Sparsify.Model.Reference;
using Sparsify.Model.Steps;
using Xunit;

namespace Sparsify.Model.Tests;

/// <summary>Half a minute of what <c>tests/Model/run</c> does for longer.</summary>
public sealed class SequenceTests
{
    /// <summary>However slow the machine is, some hundred.</summary>
    private const int FewestSequences = 300;

    [Fact]
    public async Task No_sequence_of_half_a_minute_breaks_a_rule()
    {
        var explorer = new Explorer(Rules.All);
        var (seed, watch) = (Random.Shared.Next(1 << 30), Stopwatch.StartNew());
        var failure = await explorer.RunAsync(seed, FewestSequences, TimeSpan.FromMinutes(10), Environment.ProcessorCount)
            ?? await explorer.RunAsync(seed + FewestSequences, long.MaxValue, TimeSpan.FromSeconds(30) - watch.Elapsed, Environment.ProcessorCount);
        Assert.True(failure is null, failure?.ToString());
        Assert.Equal(Enum.GetValues<OperationState>().Except([OperationState.Requested]), explorer.Coverage.Ways.Select(w => w.Key.To).Distinct().Order());
    }

    /// <summary>Each fork goes back to all of what was there, and to nothing else.</summary>
    [Fact]
    public async Task A_sequence_that_shares_its_beginning_leads_to_where_it_leads_alone()
    {
        using var runner = new SequenceRunner(Rules.All, new Coverage());
        using var alone = new SequenceRunner(Rules.All, new Coverage());
        for (var seed = 0; seed < 8; seed++)
        {
            List<(Step[] Steps, string Picture)> shared = [];
            Assert.Null(await runner.RunAsync(seed, (steps, world) => shared.Add(([.. steps], world.Picture()))));
            Assert.Equal(SequenceRunner.OfSeed, shared.Count);
            Assert.Equal(shared.Count, shared.Select(s => string.Join("; ", s.Steps)).Distinct().Count());
            foreach (var (steps, picture) in shared)
                Assert.Null(await alone.RepeatAsync(seed, steps, world => Assert.Equal(picture, world.Picture())));
        }
    }

    [Fact]
    public async Task No_sequence_of_those_that_are_run_each_time_breaks_a_rule()
    {
        var failure = await new Explorer(Rules.All).RunAsync(start: 0, sequences: 200, TimeSpan.FromMinutes(5), Environment.ProcessorCount);
        Assert.True(failure is null, failure?.ToString());
    }
}
