using Sparsify.Orchestrator.Jobs;

namespace Sparsify.Model.Reference;

/// <summary>What a replica's look at leases and waiting jobs must bring about.</summary>
internal sealed class ReferenceSweep(ReferenceState state)
{
    private Dictionary<(int Replica, Guid Operation, int Attempt, int Renewals), TimeSpan> _seen = [];

    /// <summary>What the replica sees, also where its commit fails.</summary>
    public void Look(int replica)
    {
        foreach (var o in state.Operations.Values.Where(o => o.Lease is not null))
            _seen.TryAdd(Key(replica, o), state.Clock.Elapsed);
    }

    /// <summary>What the replica has seen was only in its memory.</summary>
    public void Restart(int replica) => _seen = _seen.Where(s => s.Key.Replica != replica).ToDictionary();

    public void Run(int replica)
    {
        foreach (var o in state.Operations.Values.Where(o => o.Lease is not null).ToList())
        {
            if (state.Clock.Elapsed - _seen[Key(replica, o)] > state.Options.LeaseDuration + state.Options.LeaseGuard)
                EndLease(o);
        }

        foreach (var domain in state.Operations.Values.Where(IsDue).Select(o => o.Domain).Distinct().ToList())
        {
            var now = state.Clock.Now;
            var offered = state.Operations.Values.Where(o => o.IsOffered && o.Domain == domain).ToList();
            if (state.Hosts.Values.Any(h => h is { Claims: true, Draining: false } && h.AliveUntil > now && h.Domains.Contains(domain)))
            {
                offered.ForEach(o => o.NoHostSince = null);
                state.Expect($"VolumeJobOffered {domain}");
                continue;
            }

            foreach (var o in offered.Where(o => o.NoHostSince is null || IsOver(o)))
            {
                state.Expect($"VolumeJobUnclaimed {Ids.Name(o.Id)}{(IsOver(o) ? " expired" : "")}");
                o.NoHostSince ??= now;
            }
        }
    }

    public ReferenceSweep CopyFor(ReferenceState other) => new(other) { _seen = new(_seen) };

    private static (int Replica, Guid Operation, int Attempt, int Renewals) Key(int replica, ReferenceOperation o) => (replica, o.Id, o.Lease!.Attempt, o.Lease!.Renewals);

    private bool IsOver(ReferenceOperation o) => o.NoHostSince < state.Clock.Now - state.Options.NoHostTimeout;

    private bool IsDue(ReferenceOperation o) => o.IsOffered && (o.NotBefore.Earliest <= state.Clock.Now || o.NotBefore.Earliest > state.LatestRetry);

    /// <summary>Who had leave to start may have written; who had none has not.</summary>
    private void EndLease(ReferenceOperation o)
    {
        var (lease, name) = (o.Lease!, Words.Attempt(o.Id, o.Lease!.Attempt));
        o.Lease = null;
        if (lease.Started || o.Job == VolumeJobStatus.Repairing)
        {
            o.Job = VolumeJobStatus.Closed;
            state.Expect($"VolumeJobLost {name}");
            return;
        }

        o.Latest!.Outcome = "NotStarted";
        if (o.JobCancelRequested)
            state.Expect($"VolumeJobCanceled {name}");
        else
            o.Job = VolumeJobStatus.Waiting;
    }
}
