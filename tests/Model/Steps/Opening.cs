using Sparsify.Contracts;
using Sparsify.Model.Hosts;
using Sparsify.Model.Reference;
using Sparsify.Model.Worlds;

namespace Sparsify.Model.Steps;

/// <summary>Brings the first operation straight to some point of its life, which chance alone would reach too rarely.</summary>
internal sealed class Opening(World world, Random random)
{
    private const int MostSteps = 60;
    private readonly Goal _goal = (Goal)random.Next(Enum.GetValues<Goal>().Length);
    private int _steps;

    private enum Goal
    {
        Nothing,
        Nowhere,
        Leased,
        Confirmed,
        MayWrite,
        Started,
        Canceling,
        CutOff,
        Repairing,
        NeedsAttention,
    }

    /// <summary>The next step there; null when it is there.</summary>
    public Step? Next()
    {
        if (_goal <= Goal.Nowhere || ++_steps > MostSteps)
            return null;
        if (world.Known.Operations.Values.FirstOrDefault() is not { } o)
            return Message() ?? new Step(StepKind.Request, "", 1, (2 * random.Next(world.Shape.Disks)) + 1);
        if (o.State.IsFinal() || IsThere(o))
            return null;
        return Message() ?? Act(o) ?? (o.IsOffered ? Claim(o) : null);
    }

    private bool IsThere(ReferenceOperation o) => _goal switch
    {
        Goal.Leased => Latest?.Phase == AttemptPhase.Accepted,
        Goal.Confirmed => Latest?.Phase == AttemptPhase.Held,
        Goal.MayWrite => Latest?.Phase == AttemptPhase.Working,
        Goal.Started => o.State == OperationState.Running,
        Goal.Canceling => o.State == OperationState.Canceling,
        Goal.CutOff => o.State == OperationState.Recovering,
        Goal.Repairing => Latest is { IsRepair: true, Phase: AttemptPhase.Working },
        _ => o.State == OperationState.NeedsAttention,
    };

    private HostAttempt? Latest => world.Attempts.LastOrDefault();

    private Step? Message() => world.Soup.Messages.FirstOrDefault(m => m.Message is not VolumeJobOffered) is { } message ? new Step(StepKind.Deliver, message.Name) : null;

    private Step? Claim(ReferenceOperation o)
    {
        var hosts = world.Hosts.Where(h => h.MayClaim && h.Domains.Contains(o.Domain)).ToList();
        return hosts.Count == 0 ? null : new Step(StepKind.Claim, hosts[random.Next(hosts.Count)].Name);
    }

    private Step? Act(ReferenceOperation o) => Latest is { Phase: not AttemptPhase.Ended } a
        ? a.Phase switch
        {
            AttemptPhase.Accepted => Step.Act(a, AttemptAct.Ask),
            AttemptPhase.Held => Step.Act(a, AttemptAct.Journal),
            AttemptPhase.Working when a.IsRepair => Step.Act(a, AttemptAct.FailForGood),
            AttemptPhase.Working when !a.SaidStarted && (_goal == Goal.Started || random.Next(2) == 0) => Step.Act(a, AttemptAct.SayStarted),
            AttemptPhase.Working when _goal == Goal.Canceling => new Step(StepKind.Cancel, "", Ids.Number(o.Id)),
            AttemptPhase.Working => Step.Act(a, AttemptAct.CutOff),
            _ => null,
        }
        : null;
}
