using Sparsify.Contracts;
using Sparsify.Model.Checks;
using Sparsify.Model.Orchestration;
using Sparsify.Model.Reference;
using Sparsify.Model.Steps;
using Sparsify.Model.Worlds;

namespace Sparsify.Model;

/// <summary>
/// Runs sequences, on an Orchestrator of its own. Those of one seed are a tree: they begin alike, and each fork is gone back
/// to for the other way on, so that what they share is run once.
/// </summary>
internal sealed class SequenceRunner(IReadOnlyList<Rule> rules, Coverage coverage, Sabotage? sabotage = null) : IDisposable
{
    /// <summary>From the beginning to the end of a sequence.</summary>
    private const int Forks = 3;

    /// <summary>Between two forks.</summary>
    private const int FewestSteps = 3;
    private const int MostSteps = 7;

    /// <summary>The quiet phase takes as long as all the rest of a sequence that its neighbours do not share.</summary>
    private const int SequencesToOneQuietPhase = 4;

    /// <summary>How many sequences a seed has.</summary>
    public const int OfSeed = 1 << Forks;

    private readonly RealOrchestrator _orchestrator = new(sabotage);
    private Tables? _tables;

    /// <summary>How many were run to their end.</summary>
    public long Sequences { get; private set; }

    /// <summary>How many were run; those that sequences share were run once.</summary>
    public long Steps { get; private set; }

    /// <summary>Runs the sequences of a seed.</summary>
    /// <param name="seed">Whose.</param>
    /// <param name="ended">Told each sequence and the world it has led to.</param>
    /// <returns>The first violation, with the steps that led to it; null when there was none.</returns>
    public async Task<Failure?> RunAsync(int seed, Action<IReadOnlyList<Step>, World>? ended = null)
    {
        var random = new Random(seed);
        List<Step> steps = [];
        var world = await BeginAsync(seed);
        try
        {
            var chooser = new StepChooser(world, random);
            while (chooser.NextOfOpening() is { } step)
                await DoAsync(world, step);
            await GoOnAsync(world, chooser, fork: 0);
            return null;
        }
        catch (ViolationException e)
        {
            return new Failure(seed, world.Shape.ToString(), steps, e);
        }

        async Task GoOnAsync(World here, StepChooser chooser, int fork, Step? but = null)
        {
            await DoAsync(here, chooser.Next(but));
            for (var left = random.Next(FewestSteps, MostSteps + 1); left > 1; left--)
                await DoAsync(here, chooser.Next());
            if (fork == Forks)
            {
                if (random.Next(SequencesToOneQuietPhase) == 0)
                    await new QuietPhase(here, new Random(seed), step => DoAsync(here, step)).RunAsync();
                Sequences++;
                ended?.Invoke(steps, here);
                return;
            }

            var there = here.Copy();
            var (chooserThere, goBack, shared) = (chooser.CopyFor(there), _orchestrator.Remember(fork), steps.Count);
            await GoOnAsync(here, chooser, fork + 1);
            goBack();
            var taken = steps[shared];
            steps.RemoveRange(shared, steps.Count - shared);
            await GoOnAsync(there, chooserThere, fork + 1, but: taken);
        }

        Task DoAsync(World here, Step step)
        {
            steps.Add(step);
            Steps++;
            return StepRunner.TryDoAsync(here, step);
        }
    }

    /// <summary>Runs some steps in the world of a seed; those that mean nothing there are left out.</summary>
    /// <param name="seed">Whose world.</param>
    /// <param name="steps">What happens, but for the quiet phase after them.</param>
    /// <param name="ended">Told the world that the steps have led to.</param>
    public async Task<Failure?> RepeatAsync(int seed, IReadOnlyList<Step> steps, Action<World>? ended = null)
    {
        var world = await BeginAsync(seed);
        List<Step> done = [];
        try
        {
            foreach (var step in steps)
                await DoAsync(step);
            ended?.Invoke(world);
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
