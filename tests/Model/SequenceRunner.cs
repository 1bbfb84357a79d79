using Sparsify.Contracts;
using Sparsify.Model.Checks;
using Sparsify.Model.Orchestration;
using Sparsify.Model.Reference;
using Sparsify.Model.Steps;
using Sparsify.Model.Worlds;

namespace Sparsify.Model;

/// <summary>Runs sequences, one after another, on an Orchestrator of its own.</summary>
internal sealed class SequenceRunner(IReadOnlyList<Rule> rules, Coverage coverage, Sabotage? sabotage = null) : IDisposable
{
    private const int FewestSteps = 8;
    private const int MostSteps = 32;
    private readonly RealOrchestrator _orchestrator = new(sabotage);
    private Tables? _tables;

    public long Steps { get; private set; }

    /// <summary>Runs the sequence of a seed.</summary>
    /// <returns>The first violation, with the steps that led to it; null when there was none.</returns>
    public async Task<Failure?> RunAsync(int seed)
    {
        var random = new Random(seed);
        List<Step> steps = [];
        var world = await BeginAsync(seed);
        var chooser = new StepChooser(world, random);
        try
        {
            while (chooser.NextOfOpening() is { } step)
                await DoAsync(step);
            for (var left = random.Next(FewestSteps, MostSteps); left > 0; left--)
                await DoAsync(chooser.Next());
            await new QuietPhase(world, new Random(seed), DoAsync).RunAsync();
            return null;
        }
        catch (ViolationException e)
        {
            return new Failure(seed, world.Shape.ToString(), steps, e);
        }
        finally
        {
            Steps += steps.Count;
        }

        Task DoAsync(Step step)
        {
            steps.Add(step);
            return StepRunner.TryDoAsync(world, step);
        }
    }

    /// <summary>Runs some steps in the world of a seed; those that mean nothing there are left out.</summary>
    public async Task<Failure?> RepeatAsync(int seed, IReadOnlyList<Step> steps)
    {
        var world = await BeginAsync(seed);
        List<Step> done = [];
        try
        {
            foreach (var step in steps)
                await DoAsync(step);
            await new QuietPhase(world, new Random(seed), DoAsync).RunAsync();
            return null;
        }
        catch (ViolationException e)
        {
            return new Failure(seed, world.Shape.ToString(), done, e);
        }

        async Task DoAsync(Step step)
        {
            done.Add(step);
            if (!await StepRunner.TryDoAsync(world, step))
                done.RemoveAt(done.Count - 1);
        }
    }

    public void Dispose()
    {
        _tables?.Dispose();
        _orchestrator.Dispose();
    }

    private Task<World> BeginAsync(int seed) => World.BeginAsync(_orchestrator, _tables ??= new Tables(_orchestrator.Connection), seed, rules, coverage.Add);
}
