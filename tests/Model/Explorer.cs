using System.Diagnostics;
using Sparsify.Model.Reference;

namespace Sparsify.Model;

/// <summary>Runs many sequences on some threads, until one fails.</summary>
internal sealed class Explorer(IReadOnlyList<Rule> rules, Sabotage? sabotage = null)
{
    private long _sequences;
    private long _steps;

    public Coverage Coverage { get; } = new();

    public long Sequences => Interlocked.Read(ref _sequences);

    public long Steps => Interlocked.Read(ref _steps);

    /// <summary>Runs the sequences of the seeds from <paramref name="start"/> on, until so many were run or the time is over.</summary>
    /// <returns>The first violation, as short as it can be told; null when there was none.</returns>
    public async Task<Failure?> RunAsync(int start, long sequences, TimeSpan time, int threads)
    {
        var watch = Stopwatch.StartNew();
        using var failed = new CancellationTokenSource();
        var next = -1L;
        var failures = await Task.WhenAll(Enumerable.Range(0, threads).Select(_ => Task.Run(async () =>
        {
            using var runner = new SequenceRunner(rules, Coverage, sabotage);
            while (!failed.IsCancellationRequested && watch.Elapsed < time && Interlocked.Increment(ref next) is var number && number * SequenceRunner.OfSeed < sequences)
            {
                var (sequencesBefore, stepsBefore) = (runner.Sequences, runner.Steps);
                var failure = await runner.RunAsync(unchecked(start + (int)number));
                Interlocked.Add(ref _sequences, runner.Sequences - sequencesBefore);
                Interlocked.Add(ref _steps, runner.Steps - stepsBefore);
                if (failure is null)
                    continue;
                await failed.CancelAsync();
                return await runner.ShrinkAsync(failure);
            }

            return null;
        })));
        return failures.FirstOrDefault(f => f is not null);
    }

    /// <summary>Runs the sequence of one seed.</summary>
    public async Task<Failure?> RunAsync(int seed)
    {
        using var runner = new SequenceRunner(rules, Coverage, sabotage);
        return await runner.RunAsync(seed) is { } failure ? await runner.ShrinkAsync(failure) : null;
    }
}
