using Sparsify.Contracts;
using Sparsify.Orchestrator.Jobs;
using static Sparsify.Contracts.OperationState;

namespace Sparsify.Model.Reference;

/// <summary>What the saga must make of its events.</summary>
/// <param name="state">What is known.</param>
/// <param name="rules">The life of an operation.</param>
/// <param name="seen">Told each line of the table that was used.</param>
internal sealed class ReferenceSaga(ReferenceState state, IReadOnlyList<Rule> rules, Action<OperationState, OperationEvent, OperationState> seen)
{
    public ReferenceSaga CopyFor(ReferenceState other) => new(other, rules, seen);

    public void Handle(object message, Facts facts)
    {
        switch (message)
        {
            case SparsifyDiskRequested m:
                Request(m, facts);
                break;
            case CancelSparsifyRequested m:
                Happen(m.OperationId, OperationEvent.CancelAsked);
                break;
            case ResolveSparsifyRequested m:
                Happen(m.OperationId, m.Resolution == Resolution.Retry ? OperationEvent.RetryAsked : OperationEvent.ReleaseAsked);
                break;
            case VolumeJobUnclaimed m:
                Happen(m.OperationId, m.Expired ? OperationEvent.NoHostInTime : OperationEvent.NoHost);
                break;
            case LockedDiskInUse m:
                StartVm(state.Operations[m.OperationId], $"{Ids.Name(m.VmId)} {m.Status}");
                break;
            case VolumeJobStarted m:
                if (state.Operations[m.OperationId].IsCurrent(m.Generation, m.Attempt))
                    Happen(m.OperationId, OperationEvent.Started);
                break;
            case VolumeJobSucceeded m:
                End(m.OperationId, m.Generation, m.Attempt, m.Host, OperationEvent.Succeeded, m.Outcome.ToString());
                break;
            case VolumeJobSkipped m:
                End(m.OperationId, m.Generation, m.Attempt, m.Host, OperationEvent.Skipped, "Skipped");
                break;
            case VolumeJobCanceled m:
                End(m.OperationId, m.Generation, m.Attempt, m.Host, OperationEvent.Canceled, "Canceled");
                break;
            case VolumeJobFailed m:
                End(m.OperationId, m.Generation, m.Attempt, m.Host, !m.EndedByItself ? OperationEvent.CutOff : m.HandedBack ? OperationEvent.HandedBack : m.Retryable ? OperationEvent.FailedForNow : OperationEvent.FailedForGood, "Failed", m.Error.Kind);
                break;
            case VolumeJobLost m:
                End(m.OperationId, m.Generation, m.Attempt, m.Host, OperationEvent.Lost, "Lost", FailureKind.HostLost);
                break;
            case VolumeRepaired m:
                End(m.OperationId, m.Generation, m.Attempt, m.Host, m.Outcome == RepairOutcome.NotProvable ? OperationEvent.NotProvable : OperationEvent.ProvenSound, m.Outcome.ToString(), m.Outcome == RepairOutcome.NotProvable ? FailureKind.HostLost : null);
                break;
        }
    }

    private void Request(SparsifyDiskRequested request, Facts facts)
    {
        if (state.Operations.ContainsKey(request.RequestId))
            return;
        var o = state.Operations[request.RequestId] = new ReferenceOperation(request.RequestId, request, state.Options);
        if (state.EarlyCancels.Remove(o.Id))
        {
            o.CancelRequested = true;
            Enter(o, Canceled, OperationEvent.CancelAsked);
            return;
        }

        var disk = facts.Disk(request.DiskId);
        if (disk is null || disk.Illegal || facts.IsInUse(disk) || state.Operations.Values.Any(other => other.Volume is not null && (other.DiskId == disk.Id || other.Volume == disk.Volume)))
        {
            Enter(o, Rejected, null);
            return;
        }

        var now = state.Clock.Now;
        (o.Volume, o.Domain, o.Generation, o.QueuedAt, o.Job, o.NotBefore) = (disk.Volume, disk.Domain, disk.Generation, now, VolumeJobStatus.Waiting, (now, now));
        state.Expect($"SparsifyDiskAccepted {Ids.Name(o.Id)}");
        state.Expect($"VolumeJobOffered {o.Domain}");
        Enter(o, Queued, null);
    }

    /// <summary>Who waits ends; who runs shows it, once.</summary>
    private void StartVm(ReferenceOperation o, string conflict)
    {
        if (Happen(o.Id, OperationEvent.VmStarts) || o.State.IsFinal() || !o.Conflicts.Add(conflict))
            return;
        state.Expect($"SparsifyDiskConflict {Ids.Name(o.Id)}");
        Change(o);
    }

    /// <summary>An attempt ended. Whatever that means, its host may forget it; the Orchestrator's own word of a lost lease is nobody's report.</summary>
    private void End(Guid id, long generation, int attempt, string host, OperationEvent happened, string outcome, FailureKind? error = null)
    {
        var o = state.Operations[id];
        var counts = o.IsCurrent(generation, attempt) && rules.Any(r => r.From.Contains(o.State) && r.On.Contains(happened));
        if (counts || happened != OperationEvent.Lost || !(o.State.IsFinal() || o.State == NeedsAttention))
            state.Expect($"VolumeJobClosed {Words.Attempt(id, attempt)}", host);
        if (!counts)
            return;
        Close(o, happened, outcome, error);
        Happen(id, happened);
    }

    private void Close(ReferenceOperation o, OperationEvent happened, string outcome, FailureKind? error)
    {
        var isRepair = o.State == Recovering;
        (o.Latest!.Outcome, o.Lease) = (outcome, null);
        if (isRepair && happened == OperationEvent.HandedBack)
            o.Repairs--;
        if (!isRepair)
            (o.Runs, o.Repairs, o.RunError) = happened == OperationEvent.HandedBack ? (o.Runs, o.Repairs, error) : (o.Runs + 1, 0, error);
        if (error is not null && happened != OperationEvent.HandedBack)
            o.FailedHosts.Add(o.Latest.Host);
        o.Error = error ?? (isRepair ? o.RunError : null);
        if (isRepair ? happened == OperationEvent.ProvenSound : happened is not (OperationEvent.CutOff or OperationEvent.Lost))
            o.Attempts.ForEach(a => a.VitalBytes = null);
        if (outcome == nameof(RepairOutcome.Repaired))
            state.Expect($"DiskRepaired {Ids.Name(o.Id)}");
    }

    private bool Happen(Guid id, OperationEvent happened)
    {
        // A cancel or a decision may be about an operation that nobody knows; a cancel may have overtaken its request.
        if (!state.Operations.ContainsKey(id) && happened == OperationEvent.CancelAsked)
            state.EarlyCancels.Add(id);
        if (!state.Operations.TryGetValue(id, out var o) || rules.FirstOrDefault(r => r.Fits(o, happened, state)) is not { } rule)
            return false;
        o.CancelRequested |= happened == OperationEvent.CancelAsked;
        o.HasRun |= happened == OperationEvent.Started;
        if (rule.Path is [Canceling])
        {
            o.JobCancelRequested = true;
            if (o.Lease is { } lease)
                state.Expect($"CancelVolumeJob {Words.Attempt(id, lease.Attempt)}", lease.Host);
        }

        if (happened == OperationEvent.NoHostInTime)
            o.Error = FailureKind.NoHost;
        if (happened == OperationEvent.RetryAsked)
            o.Repairs = 0;
        if (rule.Path is [Recovering])
            Offer(o, VolumeJobStatus.NeedsRepair, o.Repairs++);
        if (rule.Path is [.., Queued])
            Offer(o, VolumeJobStatus.Waiting, o.Runs);
        if (rule.Tells)
            Change(o);
        foreach (var next in rule.Path)
            Enter(o, next, happened);
        if (rule.Path.Length == 0)
            seen(o.State, happened, o.State);
        return true;
    }

    private void Offer(ReferenceOperation o, VolumeJobStatus status, int failures)
    {
        var now = state.Clock.Now;
        (o.Job, o.NoHostSince, o.NotBefore) = (status, null, (now, now));
        if (failures == 0)
        {
            state.Expect($"VolumeJobOffered {o.Domain}");
            return;
        }

        var delay = state.Options.RetryDelay * Math.Pow(2, failures - 1);
        delay = delay < state.Options.LongestRetryDelay ? delay : state.Options.LongestRetryDelay;
        o.NotBefore = (now + delay, now + (delay * 1.5));
    }

    private void Enter(ReferenceOperation o, OperationState next, OperationEvent? happened)
    {
        seen(o.State, happened ?? OperationEvent.Requested, next);
        o.State = next;
        if (next == NeedsAttention)
        {
            o.Job = VolumeJobStatus.Closed;
            state.Expect($"SparsifyDiskNeedsAttention {Ids.Name(o.Id)}");
        }

        if (next.IsFinal())
        {
            if (o.Volume is not null)
                state.Expect($"DiskUnlocked {Ids.Name(o.Id)} {Ids.Name(o.DiskId)}");
            (o.Volume, o.Job) = (null, VolumeJobStatus.Closed);
            state.Expect($"Final {Ids.Name(o.Id)} {next}{(next == Failed ? $" {o.Error}" : "")}");
        }

        Change(o);
    }

    private void Change(ReferenceOperation o) => state.Expect($"OperationChanged {Ids.Name(o.Id)} r{++o.Revision} {o.State}");
}
