using Sparsify.Contracts;
using Sparsify.Model.Orchestration;
using Sparsify.Model.Worlds;

namespace Sparsify.Model.Hosts;

/// <summary>
/// A host that keeps the rules of the real worker: it writes only with a confirmed lease and journaled vital bytes, ends
/// what it runs when its lease is over by its own monotonic clock, and tells an end until it is acknowledged.
/// </summary>
internal sealed class SimulatedHost(string name, int slots, IReadOnlyList<string> domains, Clock clock, Soup soup, Volumes volumes, List<HostAttempt> all)
{
    public static readonly TimeSpan TimeToLive = TimeSpan.FromMinutes(10);

    private int _requests;

    public string Name => name;

    public int Slots => slots;

    public IReadOnlyList<string> Domains => domains;

    /// <summary>Its worker runs.</summary>
    public bool IsUp { get; private set; } = true;

    public IEnumerable<HostAttempt> Attempts => all.Where(a => a.Host == name);

    /// <summary>Its tools do not run, so that it takes no work.</summary>
    public bool IsBroken { get; set; }

    /// <summary>A dead worker's programs must have ended before another takes work.</summary>
    public bool IsReady => IsUp && !IsBroken && !Attempts.Any(a => a.Phase == AttemptPhase.Orphaned);

    public bool MayClaim => IsReady && Attempts.Count(a => a.IsActive) < slots;

    public void Heartbeat() => soup.Add(
        new HostHeartbeat
        {
            Host = name,
            InstanceId = Guid.Empty,
            SentAt = clock.Now,
            TimeToLive = TimeToLive,
            Slots = slots,
            RunningJobs = 0,
            StorageDomains = domains,
            Capabilities = new HostCapabilities(null, [], null, null),
            NotClaimingBecause = IsReady ? null : "It cannot work now.",
        },
        Envelope.Consumer);

    public void Claim() => soup.Add(new ClaimVolumeJobs { Host = name, InstanceId = Guid.Empty, Slots = slots, StorageDomains = domains }, Envelope.Consumer);

    public void Crash()
    {
        IsUp = false;
        foreach (var attempt in Attempts.Where(a => a.IsActive))
            attempt.Phase = attempt.MayWrite ? AttemptPhase.Orphaned : AttemptPhase.Left;
    }

    public void Restart() => IsUp = true;

    /// <summary>Ends what has no lease any more.</summary>
    public void Fence()
    {
        foreach (var attempt in Attempts.Where(a => a.LeaseEnd <= clock.Elapsed && (a.Phase is AttemptPhase.Held || a.MayWrite)).ToList())
            End(attempt, attempt.MayWrite ? AttemptAct.CutOff : AttemptAct.FailForNow);
    }

    /// <summary>What it can do with an attempt now.</summary>
    public bool Can(HostAttempt a, AttemptAct act) => act switch
    {
        AttemptAct.EndOrphan => a.Phase == AttemptPhase.Orphaned,
        _ when !IsUp => false,
        AttemptAct.Ask => a.Phase is AttemptPhase.Held or AttemptPhase.Working || (a.Phase == AttemptPhase.Accepted && (a.Begun is { } begun ? clock.Elapsed < begun + a.Job.LeaseDuration : HasFreeSlot)),
        AttemptAct.GiveUp => a.Phase == AttemptPhase.Accepted && a.Begun is { } begun && clock.Elapsed >= begun + a.Job.LeaseDuration,
        AttemptAct.Journal => a is { Phase: AttemptPhase.Held, IsRepair: false },
        AttemptAct.SayStarted => a is { Phase: AttemptPhase.Working, IsRepair: false, SaidStarted: false },
        AttemptAct.EndWell or AttemptAct.FailForNow or AttemptAct.HandBack or AttemptAct.FailForGood => a.Phase == AttemptPhase.Working || a is { Phase: AttemptPhase.Held, IsRepair: false },
        AttemptAct.Cancel => a is { CancelKnown: true, IsRepair: false, IsActive: true },
        AttemptAct.CutOff => a is { Phase: AttemptPhase.Working, IsRepair: false },
        AttemptAct.EndFormer => a.Phase == AttemptPhase.Left,
        AttemptAct.Report => a is { Phase: AttemptPhase.Ended, Forgotten: false, End: not null },
        _ => false,
    };

    public void Do(HostAttempt a, AttemptAct act)
    {
        switch (act)
        {
            case AttemptAct.Ask:
                a.Begun ??= clock.Elapsed;
                Ask(a, new RenewLease { OperationId = a.Job.OperationId, Attempt = a.Job.Attempt, Generation = a.Job.Generation, Host = name });
                break;
            case AttemptAct.Journal:
                Ask(a, new JournalVitalBytes { OperationId = a.Job.OperationId, Attempt = a.Job.Attempt, Generation = a.Job.Generation, Host = name, VitalBytes = a.OwnVitalBytes });
                break;
            case AttemptAct.SayStarted:
                a.SaidStarted = true;
                soup.Add(a.Started(clock.Now), Envelope.Saga);
                break;
            case AttemptAct.Report:
                soup.Add(a.End!, Envelope.Saga);
                break;
            default:
                End(a, act);
                break;
        }
    }

    public void Receive(Envelope envelope)
    {
        if (!IsUp)
            throw new InvalidOperationException($"{name} is down and receives nothing.");
        switch (envelope.Message)
        {
            case SparsifyVolume job:
                Accept(job, null, isRepair: false);
                break;
            case RepairVolume repair:
                Accept(repair.Job, repair.Journaled, isRepair: true);
                break;
            case CancelVolumeJob cancel:
                foreach (var attempt in Attempts.Where(a => a.IsActive && Is(a, cancel.OperationId, cancel.Attempt)))
                    attempt.CancelKnown = true;
                break;
            case VolumeJobClosed closed:
                foreach (var attempt in Attempts.Where(a => Is(a, closed.OperationId, closed.Attempt)))
                    attempt.Forgotten = true;
                break;
            case VolumeJobOffered offered when domains.Contains(offered.StorageDomain) && MayClaim:
                Claim();
                break;
            default:
                Answer(envelope);
                break;
        }
    }

    public SimulatedHost CopyFor(Soup otherSoup, Volumes otherVolumes, List<HostAttempt> others) =>
        new(name, slots, domains, clock, otherSoup, otherVolumes, others) { IsUp = IsUp, IsBroken = IsBroken, _requests = _requests };

    private bool HasFreeSlot => Attempts.Count(a => a.IsActive && a.Begun is not null) < slots;

    private static bool Is(HostAttempt a, Guid operation, int attempt) => a.Job.OperationId == operation && a.Job.Attempt == attempt;

    private void Accept(SparsifyVolume job, VitalBytes? journaled, bool isRepair)
    {
        var before = Attempts.Where(a => Is(a, job.OperationId, job.Attempt)).ToList();
        if (before.TrueForAll(a => a.Forgotten))
            all.Add(new HostAttempt(name, job, journaled, isRepair, before.Count));
    }

    private void Ask(HostAttempt a, object request)
    {
        (a.Request, a.AskedAt, a.AskedToJournal) = (++_requests, clock.Elapsed, request is JournalVitalBytes);
        soup.Add(request, Envelope.Consumer, a.Request);
    }

    private void Answer(Envelope envelope)
    {
        if (Attempts.FirstOrDefault(a => a.IsActive && a.Request == envelope.Request) is not { } a)
            return;
        a.Request = 0;
        switch (envelope.Message)
        {
            case LeaseRenewed renewed:
                a.LeaseEnd = a.AskedAt + renewed.Duration;
                a.CancelKnown |= renewed.CancelRequested;
                if (a.LeaseEnd > clock.Elapsed && a.Phase == AttemptPhase.Accepted)
                    Confirm(a);
                break;
            case VitalBytesJournaled journaled when a.Phase == AttemptPhase.Held:
                if (journaled.CancelRequested)
                    End(a, AttemptAct.Cancel);
                else
                    Work(a);
                break;
            case LeaseRevoked when a.Phase == AttemptPhase.Working:
                End(a, a.IsRepair ? AttemptAct.FailForNow : AttemptAct.CutOff);
                break;
            case LeaseRevoked when a.Phase == AttemptPhase.Held && !a.AskedToJournal:
                End(a, AttemptAct.FailForNow);
                break;
            case LeaseRevoked:
                // The Orchestrator has decided already: there is nothing to report.
                (a.Phase, a.Forgotten) = (AttemptPhase.Ended, true);
                break;
        }
    }

    private void Confirm(HostAttempt a)
    {
        a.Phase = AttemptPhase.Held;
        if (a.IsRepair)
            Work(a);
        else if (a.CancelKnown)
            End(a, AttemptAct.Cancel);
    }

    private void Work(HostAttempt a)
    {
        volumes.Start(a, all);
        (a.Phase, a.WasStarted) = (AttemptPhase.Working, true);
    }

    private void End(HostAttempt a, AttemptAct act)
    {
        var (phase, now) = (a.Phase, clock.Now);
        if (!a.IsRepair && (act == AttemptAct.EndOrphan || (act == AttemptAct.CutOff && a.MayWrite)))
            volumes.Spoil(a);
        if (act == AttemptAct.EndOrphan || phase == AttemptPhase.Orphaned)
        {
            a.Phase = AttemptPhase.Left;
            return;
        }

        a.Phase = AttemptPhase.Ended;
        a.End = act switch
        {
            AttemptAct.EndWell when a.IsRepair => a.Repaired(now, volumes.MakeSound(a.Volume) ? RepairOutcome.Repaired : RepairOutcome.Clean),
            AttemptAct.EndWell => phase == AttemptPhase.Held ? a.Skipped(now) : a.Succeeded(now),
            AttemptAct.FailForGood when a.IsRepair => a.Repaired(now, RepairOutcome.NotProvable),
            AttemptAct.FailForGood => a.Failed(now, retryable: false),
            AttemptAct.HandBack => a.Failed(now, retryable: true) with { HandedBack = true },
            AttemptAct.Cancel when phase != AttemptPhase.Accepted => a.Canceled(now),
            AttemptAct.CutOff when !a.IsRepair => a.Failed(now, retryable: false, endedByItself: false),
            AttemptAct.EndFormer when a is { IsRepair: false, WasStarted: true } => a.Failed(now, retryable: false, endedByItself: false),
            _ => a.Failed(now, retryable: true),
        };
        if (!a.Forgotten)
            soup.Add(a.End, Envelope.Saga);
    }
}
