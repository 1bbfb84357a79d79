using Sparsify.Contracts;
using Sparsify.Model.Hosts;
using Sparsify.Model.Orchestration;
using Sparsify.Orchestrator.Jobs;

namespace Sparsify.Model.Reference;

/// <summary>What the consumers must make of what hosts, VM managers and people say.</summary>
internal sealed class ReferenceJobs(ReferenceState state)
{
    private Dictionary<Guid, DateTimeOffset> _vmReports = [];

    public ReferenceJobs CopyFor(ReferenceState other) => new(other) { _vmReports = new(_vmReports) };

    public void Handle(object message, Facts facts, IReadOnlyList<Sent> sent)
    {
        switch (message)
        {
            case SparsifyDiskRequested or CancelSparsifyRequested or ResolveSparsifyRequested:
                state.Expect(Words.Of(message), "orchestrator-operations");
                break;
            case HostHeartbeat m:
                var host = state.Hosts.TryGetValue(m.Host, out var known) ? known : state.Hosts[m.Host] = new ReferenceHost();
                (host.Domains, host.Claims, host.AliveUntil) = (m.StorageDomains, m.NotClaimingBecause is null, state.Clock.Now + m.TimeToLive);
                break;
            case HostDrainRequested m when state.Hosts[m.Host] is var asked && m.Revision > asked.DrainRevision:
                (asked.Draining, asked.DrainRevision) = (m.Draining, m.Revision);
                state.Expect($"HostDrainChanged {m.Host} {m.Draining} r{m.Revision}");
                break;
            case VmStatusReported m:
                ReportVm(m, facts);
                break;
            case RenewLease m:
                Renew(m);
                break;
            case JournalVitalBytes m:
                Journal(m, facts);
                break;
            case ClaimVolumeJobs m:
                Claim(m, facts, sent);
                break;
        }
    }

    /// <summary>Operations that hold one of the VM's disks are told when it is not down.</summary>
    private void ReportVm(VmStatusReported report, Facts facts)
    {
        var at = report.ReportedAt < state.Clock.Now ? report.ReportedAt : state.Clock.Now;
        if (_vmReports.TryGetValue(report.VmId, out var last) && at < last)
            return;
        _vmReports[report.VmId] = at;
        if (report.Status == VmStatus.Down)
            return;
        foreach (var o in state.Operations.Values.Where(o => o.Volume is not null && facts.Plugged.Any(p => p.Vm == report.VmId && p.Is(o.DiskId, o.Volume))))
            state.Expect($"LockedDiskInUse {Ids.Name(o.Id)}");
    }

    private void Renew(RenewLease m)
    {
        if (LeaseOf(m.OperationId, m.Attempt, m.Generation, m.Host) is not { } held)
        {
            state.Expect($"LeaseRevoked {Words.Attempt(m.OperationId, m.Attempt)}", Sent.Answer);
            return;
        }

        held.Lease!.Renewals++;
        // A repair goes on whatever else is asked for.
        var cancel = held.JobCancelRequested && held.Job != VolumeJobStatus.Repairing;
        state.Expect($"LeaseRenewed {Words.Attempt(m.OperationId, m.Attempt)}{(cancel ? " cancel" : "")}", Sent.Answer);
    }

    private void Journal(JournalVitalBytes m, Facts facts)
    {
        if (LeaseOf(m.OperationId, m.Attempt, m.Generation, m.Host) is not { Job: VolumeJobStatus.Leased or VolumeJobStatus.Running } held)
        {
            state.Expect($"LeaseRevoked {Words.Attempt(m.OperationId, m.Attempt)}", Sent.Answer);
            return;
        }

        // The last moment before anything is written.
        if (held is { Job: VolumeJobStatus.Leased, JobCancelRequested: false } && facts.IsInUse(held))
        {
            (held.Lease, held.Job, held.Latest!.Outcome) = (null, VolumeJobStatus.Waiting, "NotStarted");
            state.Expect($"LockedDiskInUse {Ids.Name(held.Id)}");
            state.Expect($"LeaseRevoked {Words.Attempt(m.OperationId, m.Attempt)}", Sent.Answer);
            return;
        }

        held.Lease!.Started = true;
        held.Job = VolumeJobStatus.Running;
        held.Latest!.VitalBytes = m.VitalBytes.VolumeGroups[0].Name;
        state.Expect($"VitalBytesJournaled {Words.Attempt(m.OperationId, m.Attempt)}{(held.JobCancelRequested ? " cancel" : "")}", Sent.Answer);
    }

    private ReferenceOperation? LeaseOf(Guid operation, int attempt, long generation, string host) =>
        state.Operations.TryGetValue(operation, out var o) && o.Generation == generation && o.Lease?.Attempt == attempt && o.Lease.Host == host ? o : null;

    /// <summary>Which jobs a host gets is the Orchestrator's choice, within <see cref="Claiming"/>'s rules.</summary>
    private void Claim(ClaimVolumeJobs claim, Facts facts, IReadOnlyList<Sent> sent)
    {
        var given = sent.Select(s => s.Message switch { SparsifyVolume job => job, RepairVolume repair => repair.Job, _ => null }).OfType<SparsifyVolume>().ToList();
        Claiming.Check(claim, [.. given.Select(job => state.Operations[job.OperationId])], state, facts);
        foreach (var job in given)
        {
            var o = state.Operations[job.OperationId];
            var kind = o.Job == VolumeJobStatus.NeedsRepair ? AttemptKind.Repair : AttemptKind.Sparsify;
            var attempt = (o.Latest?.Number ?? 0) + 1;
            o.Attempts.Add(new ReferenceAttempt(attempt, kind, claim.Host));
            (o.Lease, o.NoHostSince) = (new ReferenceLease(attempt, claim.Host), null);
            o.Job = kind == AttemptKind.Repair ? VolumeJobStatus.Repairing : VolumeJobStatus.Leased;
            state.Expect($"{(kind == AttemptKind.Repair ? "RepairVolume" : "SparsifyVolume")} {Words.Attempt(o.Id, attempt)}", claim.Host);
        }
    }
}
