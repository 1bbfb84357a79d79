using Sparsify.Contracts;
using Sparsify.Model.Hosts;
using Sparsify.Model.Worlds;

namespace Sparsify.Model.Steps;

/// <summary>Chooses what happens next, by chance and with weights that let operations get far.</summary>
internal sealed class StepChooser(World world, Random random)
{
    private const int MostOperations = 4;

    /// <summary>In seconds. A lease is 5 minutes long, and guarded for half a minute; a host is waited for for half an hour.</summary>
    private static readonly int[] Advances = [1, 1, 1, 75, 75, 75, 75, 150, 150, 331, 331, 331, 331, 700, 1860];

    private static readonly int[] Jumps = [60, -60, 1200, -1200, 7200, -7200];
    private static readonly (AttemptAct Act, int Weight)[] ActWeights =
    [
        (AttemptAct.Ask, 5), (AttemptAct.GiveUp, 5), (AttemptAct.Journal, 12), (AttemptAct.SayStarted, 8), (AttemptAct.EndWell, 4), (AttemptAct.FailForNow, 3), (AttemptAct.HandBack, 1), (AttemptAct.FailForGood, 1),
        (AttemptAct.Cancel, 6), (AttemptAct.CutOff, 4), (AttemptAct.EndOrphan, 8), (AttemptAct.EndFormer, 8), (AttemptAct.Report, 2),
    ];

    private readonly List<(int Weight, Func<Step?> Choose)> _choices = [];
    private Queue<Step> _next = new();
    private readonly Opening _opening = new(world, random);
    private int _operations;

    /// <summary>The next step of the beginning, which is not left to chance; null when it is over.</summary>
    public Step? NextOfOpening()
    {
        var step = _opening.Next();
        if (step is null)
            _operations = Math.Max(1, world.Known.Operations.Count);
        return step;
    }

    /// <summary>One that goes on from here in a copy of the world.</summary>
    public StepChooser CopyFor(World other) => new(other, random) { _next = new(_next), _operations = _operations };

    /// <param name="but">What is not to happen next.</param>
    public Step Next(Step? but = null)
    {
        Expedite();
        while (true)
        {
            if (_next.TryDequeue(out var prompt) && (prompt.Kind != StepKind.Deliver || CanReach(prompt.Subject)) && prompt != but)
                return prompt;
            if (Any() is { } step && step != but)
                return step;
        }
    }

    /// <summary>Most messages arrive at once; the others much later, or in another order.</summary>
    private void Expedite()
    {
        while (world.Soup.Fresh.TryDequeue(out var envelope))
        {
            if (random.Next(10) < (envelope.Message is VolumeJobOffered ? 1 : 7))
                _next.Enqueue(new Step(StepKind.Deliver, envelope.Name));
        }
    }

    private bool CanReach(string name) => world.Soup.Find(name) is { } envelope && world.Host(envelope.To) is not { IsUp: false };

    private Step? Any()
    {
        if (_choices.Count == 0)
            Weigh();
        var chance = random.Next(_choices.Sum(c => c.Weight));
        foreach (var (weight, choose) in _choices)
        {
            chance -= weight;
            if (chance < 0)
                return choose();
        }

        return null;
    }

    private void Weigh()
    {
        _choices.Add((26, () => Message(StepKind.Deliver)));
        _choices.Add((4, () => Message(StepKind.DeliverCopy)));
        _choices.Add((3, () => Message(StepKind.FailToCommit, e => world.Host(e.To) is null)));
        _choices.Add((3, () => Message(StepKind.Vanish, e => Soup.MayVanish(e.Message))));
        _choices.Add((34, Act));
        _choices.Add((8, () => OfHost(StepKind.Claim, h => h.MayClaim && (random.Next(6) == 0 || world.Known.Operations.Values.Any(o => o.IsOffered && h.Domains.Contains(o.Domain))))));
        _choices.Add((2, () => OfHost(StepKind.Heartbeat, h => h.IsUp) is { } step ? step with { First = random.Next(2) } : null));
        _choices.Add((3, () => OfHost(StepKind.Crash, h => h.IsUp)));
        _choices.Add((5, () => OfHost(StepKind.Restart, h => !h.IsUp)));
        _choices.Add((1, () => OfHost(StepKind.Drain, _ => true) is { } step ? step with { First = random.Next(2) } : null));
        _choices.Add((8, Request));
        _choices.Add((2, () => new Step(StepKind.Cancel, "", random.Next(1, _operations + 2))));
        _choices.Add((3, Resolve));
        _choices.Add((2, () => new Step(StepKind.ReportVm, "", random.Next(1, world.Shape.Disks + 1), random.Next(6))));
        _choices.Add((2, () => new Step(StepKind.ReportDisk, "", random.Next(1, (2 * world.Shape.Disks) + 1), random.Next(world.Shape.Places.Count) * 4 + (random.Next(3) == 0 ? 1 : 0) + (random.Next(2) * 2))));
        _choices.Add((1, () => new Step(StepKind.RemoveDisk, "", random.Next(1, (2 * world.Shape.Disks) + 1), random.Next(2))));
        _choices.Add((5, () => new Step(StepKind.Sweep, "", random.Next(world.Replicas))));
        _choices.Add((1, () => new Step(StepKind.SweepFails, "", random.Next(world.Replicas))));
        _choices.Add((1, () => new Step(StepKind.RestartReplica, "", random.Next(world.Replicas))));
        _choices.Add((8, () => Advance()));
        _choices.Add((1, () => new Step(StepKind.Jump, "", Jumps[random.Next(Jumps.Length)])));
    }

    private Step? Message(StepKind kind, Func<Envelope, bool>? fits = null)
    {
        var messages = world.Soup.Messages;
        return messages.Count > 0 && messages[random.Next(messages.Count)] is var envelope && (fits is null || fits(envelope)) && CanReach(envelope.Name) ? new Step(kind, envelope.Name) : null;
    }

    private Step? Act()
    {
        var acts = world.Attempts.Where(a => a.IsOpen).SelectMany(attempt => ActWeights.Where(w => world.Host(attempt.Host)!.Can(attempt, w.Act)).Select(w => (attempt, w.Act, w.Weight))).ToList();
        var chance = acts.Count == 0 ? 0 : random.Next(acts.Sum(a => a.Weight));
        foreach (var (attempt, act, weight) in acts)
        {
            chance -= weight;
            if (chance < 0)
                return Step.Act(attempt, act);
        }

        return null;
    }

    private Step? OfHost(StepKind kind, Func<SimulatedHost, bool> fits) => world.Hosts[random.Next(world.Hosts.Count)] is var host && fits(host) ? new Step(kind, host.Name) : null;

    /// <summary>Mostly a new one.</summary>
    private Step? Request()
    {
        var isNew = _operations == 0 || random.Next(6) > 0;
        if (isNew && _operations == MostOperations)
            return null;
        // Mostly one that nobody holds, by the id that a host made up.
        var free = Enumerable.Range(1, world.Shape.Disks).Where(d => world.Known.Operations.Values.All(o => o.Volume is null || Ids.Number(o.DiskId) != d)).ToList();
        if (free.Count == 0 && random.Next(4) > 0)
            return null;
        var number = free.Count > 0 && random.Next(8) > 0 ? free[random.Next(free.Count)] : random.Next(1, world.Shape.Disks + 1);
        var disk = (2 * number) - (random.Next(10) > 0 ? 1 : 0);
        return new Step(StepKind.Request, "", isNew ? ++_operations : random.Next(1, _operations + 1), disk);
    }

    private Step? Resolve()
    {
        var open = world.Known.Operations.Values.Where(o => o.State == OperationState.NeedsAttention).Select(o => Ids.Number(o.Id)).ToList();
        if (open.Count == 0 && random.Next(6) > 0)
            return null;
        return new Step(StepKind.Resolve, "", open.Count > 0 ? open[random.Next(open.Count)] : random.Next(1, _operations + 2), random.Next(2));
    }

    private Step Advance()
    {
        var seconds = Advances[random.Next(Advances.Length)];
        var step = new Step(StepKind.Advance, "", seconds);
        if (TimeSpan.FromSeconds(seconds) >= SimulatedHost.TimeToLive)
        {
            foreach (var host in world.Hosts.Where(h => h.IsUp && random.Next(2) == 0))
                _next.Enqueue(new Step(StepKind.Heartbeat, host.Name));
        }

        if (TimeSpan.FromSeconds(seconds) < world.Known.Options.LeaseDuration || random.Next(3) == 0 || world.Known.Operations.Values.All(o => o.Lease is null))
            return step;
        // A replica that has seen the leases before tells that they are over.
        var sweep = new Step(StepKind.Sweep, "", random.Next(world.Replicas));
        _next.Enqueue(step);
        _next.Enqueue(sweep);
        return sweep;
    }
}
