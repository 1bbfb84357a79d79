using Sparsify.Contracts;
using Sparsify.Model.Hosts;
using Sparsify.Model.Reference;
using Sparsify.Model.Worlds;

namespace Sparsify.Model.Steps;

/// <summary>
/// The end of a sequence: every host is well, every message arrives, people decide, time goes on. Then everything must come
/// to an end: what does not has lost a wake-up or is stuck.
/// </summary>
internal sealed class QuietPhase(World world, Random random, Func<Step, Task> run)
{
    private const int MostRounds = 60;
    private const int MostMessages = 400;

    public async Task RunAsync()
    {
        for (var round = 0; round < MostRounds; round++)
        {
            await RecoverAsync();
            await SettleAsync();
            if (IsOver)
                return;
            await run(new Step(StepKind.Sweep, "", round % world.Replicas));
            await SettleAsync();
            if (IsOver)
                return;
            await run(new Step(StepKind.Advance, "", (int)UntilNext().TotalSeconds + 1));
        }

        throw new ViolationException("Stuck", string.Join("; ", world.Known.Operations.Values.Where(o => !o.State.IsFinal()).Select(o => $"{Ids.Name(o.Id)} is {o.State}, its job {o.Job}")));
    }

    private bool IsOver => world.Known.Operations.Values.All(o => o.State.IsFinal() && o.Lease is null);

    private async Task RecoverAsync()
    {
        foreach (var host in world.Hosts)
        {
            if (!host.IsUp)
                await run(new Step(StepKind.Restart, host.Name));
            foreach (var attempt in host.Attempts.Where(a => a.Phase == AttemptPhase.Orphaned).ToList())
                await run(Step.Act(attempt, AttemptAct.EndOrphan));
            var known = world.Known.Hosts[host.Name];
            if (known.Draining)
                await run(new Step(StepKind.Drain, host.Name));
            if ((host.IsBroken || !known.Claims || known.AliveUntil <= world.Clock.Now) && world.Known.Operations.Values.Any(o => o.IsOffered && host.Domains.Contains(o.Domain)))
                await run(new Step(StepKind.Heartbeat, host.Name));
        }

        // What waits for a VM to go down would wait for ever.
        foreach (var vm in world.RunningVms)
            await run(new Step(StepKind.ReportVm, "", vm, 1));
        foreach (var o in world.Known.Operations.Values.Where(o => o.State == OperationState.NeedsAttention).ToList())
            await run(new Step(StepKind.Resolve, "", Ids.Number(o.Id), random.Next(2)));
        // Half of what waits is called off, which is quicker than to run it.
        foreach (var o in world.Known.Operations.Values.Where(o => o.State == OperationState.Queued && random.Next(2) == 0).ToList())
            await run(new Step(StepKind.Cancel, "", Ids.Number(o.Id)));
    }

    private async Task SettleAsync()
    {
        for (var i = 0; i < MostMessages; i++)
        {
            if (world.Soup.Messages.Count > 0)
                await run(new Step(IsInVain(world.Soup.Messages[0].Message) ? StepKind.Vanish : StepKind.Deliver, world.Soup.Messages[0].Name));
            else if (NextAct() is { } act)
                await run(act);
            else
                return;
        }

        throw new ViolationException("Never quiet", $"{MostMessages} messages, and still there are {string.Join(", ", world.Soup.Messages.Take(5).Select(m => m.Name))}");
    }

    /// <summary>Asks for work where there is none: to leave it out saves time.</summary>
    private bool IsInVain(object message) => message is VolumeJobOffered or ClaimVolumeJobs && !world.Known.Operations.Values.Any(o => o.IsOffered);

    /// <summary>Each host does the next right thing.</summary>
    private Step? NextAct()
    {
        foreach (var attempt in world.Attempts.Where(a => a.IsOpen))
        {
            if (NextOf(world.Host(attempt.Host)!, attempt) is { } act)
                return Step.Act(attempt, act);
        }

        return null;
    }

    private static AttemptAct? NextOf(SimulatedHost host, HostAttempt a)
    {
        AttemptAct[] acts = a.CancelKnown
            ? [AttemptAct.Cancel, AttemptAct.EndWell, AttemptAct.EndFormer, AttemptAct.GiveUp, AttemptAct.Ask, AttemptAct.Report]
            : [AttemptAct.EndFormer, AttemptAct.GiveUp, AttemptAct.Journal, a.Phase == AttemptPhase.Working ? AttemptAct.EndWell : AttemptAct.Ask, AttemptAct.Report];
        return acts.Cast<AttemptAct?>().FirstOrDefault(act => host.Can(a, act!.Value));
    }

    /// <summary>To when a job may be claimed, or a lease is over.</summary>
    private TimeSpan UntilNext()
    {
        var now = world.Clock.Now;
        // That it is down is believed when it is news, and its last report may be of a clock that was put back since.
        if (world.RunningVms.Count > 0)
            return TimeSpan.FromMinutes(10);
        var waits = world.Known.Operations.Values.Where(o => o.IsOffered && o.NotBefore.Earliest > now).Select(o => o.NotBefore.Earliest - now)
            .Concat(world.Known.Operations.Values.Where(o => o.Lease is not null).Select(_ => world.Known.Options.LeaseDuration + world.Known.Options.LeaseGuard + TimeSpan.FromSeconds(1)));
        var next = waits.DefaultIfEmpty(TimeSpan.FromSeconds(30)).Min();
        return next < TimeSpan.FromMinutes(10) ? next : TimeSpan.FromMinutes(10);
    }
}
