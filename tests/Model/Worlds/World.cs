using Sparsify.Contracts;
using Sparsify.Model.Checks;
using Sparsify.Model.Hosts;
using Sparsify.Model.Orchestration;
using Sparsify.Model.Reference;
using Sparsify.Orchestrator.Ingress;
using Sparsify.Orchestrator.Inventory;
using Sparsify.Orchestrator.Jobs;

namespace Sparsify.Model.Worlds;

/// <summary>One Orchestrator of two replicas, with everything around it, and what must be true of it.</summary>
internal sealed class World
{
    private readonly RealOrchestrator _orchestrator;
    private readonly Tables _tables;
    private readonly ReferenceState _state;
    private readonly ReferenceSaga _saga;
    private readonly ReferenceJobs _jobs;
    private readonly ReferenceSweep _sweep;
    private readonly Invariants _invariants;
    private readonly LeaseWatch[] _replicas;

    private World(RealOrchestrator orchestrator, Tables tables, WorldShape shape, IReadOnlyList<Rule> rules, Action<OperationState, OperationEvent, OperationState> seen)
    {
        (_orchestrator, _tables, Shape) = (orchestrator, tables, shape);
        _state = new ReferenceState(orchestrator.Clock, orchestrator.Options);
        _saga = new ReferenceSaga(_state, rules, seen);
        (_jobs, _sweep, _invariants) = (new ReferenceJobs(_state), new ReferenceSweep(_state), new Invariants());
        (Soup, Volumes, Attempts) = (new Soup(), new Volumes(), []);
        _replicas = [orchestrator.NewReplica(), orchestrator.NewReplica()];
        Hosts = [.. shape.Hosts.Select(h => new SimulatedHost(h.Name, h.Slots, h.Domains, orchestrator.Clock, Soup, Volumes, Attempts))];
    }

    private World(World other)
    {
        (_orchestrator, _tables, Shape, DrainRequests) = (other._orchestrator, other._tables, other.Shape, other.DrainRequests);
        _state = other._state.Copy();
        (_saga, _jobs, _sweep) = (other._saga.CopyFor(_state), other._jobs.CopyFor(_state), other._sweep.CopyFor(_state));
        _invariants = other._invariants.Copy();
        _replicas = [.. other._replicas.Select(RealOrchestrator.CopyOf)];
        (Soup, Volumes, Attempts) = (other.Soup.Copy(), other.Volumes.Copy(), [.. other.Attempts.Select(a => a.Copy())]);
        Hosts = [.. other.Hosts.Select(h => h.CopyFor(Soup, Volumes, Attempts))];
    }

    public WorldShape Shape { get; }

    public Clock Clock => _orchestrator.Clock;

    public Soup Soup { get; }

    public Volumes Volumes { get; }

    public List<HostAttempt> Attempts { get; }

    public IReadOnlyList<SimulatedHost> Hosts { get; }

    public ReferenceState Known => _state;

    public int Replicas => _replicas.Length;

    /// <summary>The numbers of the VMs that are not down and have a disk.</summary>
    public IReadOnlyList<int> RunningVms => [.. _tables.ReadFacts().Plugged.Where(p => p.IsUp).Select(p => Ids.Number(p.Vm)).Distinct()];

    /// <summary>How many times a person has taken a host out of work or put it back, in the order in which it was asked for.</summary>
    public int DrainRequests { get; set; }

    public static async Task<World> BeginAsync(RealOrchestrator orchestrator, Tables tables, int seed, IReadOnlyList<Rule> rules, Action<OperationState, OperationEvent, OperationState> seen)
    {
        orchestrator.Begin(seed);
        var shape = new WorldShape(new Random(seed));
        shape.Configure(orchestrator.Options);
        var world = new World(orchestrator, tables, shape, rules, seen);
        var alive = orchestrator.Clock.Now + SimulatedHost.TimeToLive;
        await orchestrator.SeedAsync(db =>
        {
            db.Hosts.AddRange(shape.Hosts.Select(h => new Orchestrator.Inventory.Host { Name = h.Name, StorageDomains = [.. h.Domains], Claims = true, AliveUntil = alive }));
            db.Disks.AddRange(shape.Places.Take(shape.Disks).Select((place, i) => new Disk { Id = Ids.FoundDisk(i + 1), Name = $"disk{i + 1}", StorageDomain = place.Domain, Path = place.Path, HostReportedAt = orchestrator.Clock.Now }));
        });
        foreach (var host in shape.Hosts)
            world._state.Hosts[host.Name] = new ReferenceHost { Domains = host.Domains, Claims = true, AliveUntil = alive };
        return world;
    }

    /// <summary>All of it as it is now, but for the Orchestrator, which there is one of: <see cref="RealOrchestrator.Remember"/>.</summary>
    public World Copy() => new(this);

    public SimulatedHost? Host(string name) => Hosts.FirstOrDefault(h => h.Name == name);

    /// <summary>Hands a message over.</summary>
    public async Task DeliverAsync(Envelope envelope, bool keepsCopy = false, bool failsToCommit = false)
    {
        if (Host(envelope.To) is { } host)
        {
            if (!keepsCopy)
                Soup.Remove(envelope);
            host.Receive(envelope);
            return;
        }

        IReadOnlyList<Sent> sent;
        try
        {
            sent = await _orchestrator.DeliverAsync(envelope.Message, envelope.To == Envelope.Saga, failsToCommit);
        }
        catch (CommitFailedException)
        {
            Check();
            return;
        }
        catch (InvalidInputException) when (envelope.Message is DiskReported)
        {
            sent = [];
        }
        catch (Exception e) when (e is not ViolationException)
        {
            throw new ViolationException($"Not handled: {envelope.Message.GetType().Name}", $"{envelope.Name}: {e.GetBaseException().Message}");
        }

        if (!keepsCopy)
            Soup.Remove(envelope);
        Understand(envelope, sent);
        if (Routes.KeepsState(envelope.Message, envelope.To == Envelope.Saga))
            Check();
    }

    public async Task SweepAsync(int replica, bool failsToCommit = false)
    {
        _state.Expected.Clear();
        _sweep.Look(replica);
        try
        {
            var sent = await _orchestrator.SweepAsync(_replicas[replica], failsToCommit);
            _sweep.Run(replica);
            Route(sent, null);
        }
        catch (CommitFailedException)
        {
            // Nothing has happened.
        }

        Check();
    }

    public void RestartReplica(int replica)
    {
        _replicas[replica] = _orchestrator.NewReplica();
        _sweep.Restart(replica);
    }

    public void Advance(TimeSpan time)
    {
        Clock.Advance(time);
        foreach (var host in Hosts)
            host.Fence();
    }

    /// <summary>What there is to see of it: two worlds in which the same has happened have the same.</summary>
    public string Picture()
    {
        _tables.Read();
        return string.Join(Environment.NewLine, [
            $"{Clock.Elapsed} {Clock.Now:u}",
            .. _tables.Operations, .. _tables.Locks, .. _tables.Jobs, .. _tables.Leases, .. _tables.Attempts,
            .. Soup.Messages.Select(m => m.Name), .. Volumes.Dirty,
            .. Hosts.Select(h => $"{h.Name} is up: {h.IsUp}, broken: {h.IsBroken}"),
            .. Attempts.Select(a => $"{a.Key} {a.Phase}, lease to {a.LeaseEnd}, forgotten: {a.Forgotten}"),
        ]);
    }

    private void Understand(Envelope envelope, IReadOnlyList<Sent> sent)
    {
        _state.Expected.Clear();
        var facts = NeedsFacts(envelope.Message) ? _tables.ReadFacts() : new Facts([], []);
        if (envelope.To == Envelope.Saga)
            _saga.Handle(envelope.Message, facts);
        else
            _jobs.Handle(envelope.Message, facts, sent);
        if (sent.Select(s => s.Message).OfType<SparsifyDiskAccepted>().FirstOrDefault() is { } accepted)
            _invariants.Lock(accepted.OperationId, facts.Disk(accepted.DiskId)!.Volume, accepted.Generation);
        // From here on a person answers for the disk.
        if (envelope is { To: Envelope.Saga, Message: ResolveSparsifyRequested { Resolution: Resolution.Release } release } && sent.Any(s => s.Message is SparsifyDiskFailed))
            Volumes.MakeSound(_invariants.VolumeOf(release.OperationId));
        Route(sent, envelope);
    }

    private bool NeedsFacts(object message) =>
        message is SparsifyDiskRequested or VmStatusReported or JournalVitalBytes || (message is ClaimVolumeJobs && _state.Operations.Values.Any(o => o.Job == VolumeJobStatus.NeedsRepair));

    private void Route(IReadOnlyList<Sent> sent, Envelope? cause)
    {
        _invariants.CheckMessages(sent);
        Comparison.OfMessages(sent, _state.Expected);
        foreach (var (message, address) in sent)
        {
            if (address == Sent.Answer)
                Soup.Add(message, cause!.Message is RenewLease renewal ? renewal.Host : ((JournalVitalBytes)cause.Message).Host, cause.Request);
            else if (address == "orchestrator-operations" || message is VolumeJobLost or VolumeJobUnclaimed or VolumeJobCanceled or LockedDiskInUse)
                Soup.Add(message, Envelope.Saga);
            else if (address is not null)
                Soup.Add(message, address["host-".Length..]);
            else if (message is VolumeJobOffered offered)
                Hosts.Where(h => h.Domains.Contains(offered.StorageDomain)).ToList().ForEach(h => Soup.Add(message, h.Name));
        }
    }

    private void Check()
    {
        _tables.Read();
        _invariants.CheckTables(_tables, Attempts, Volumes);
        Comparison.OfTables(_tables, _state);
    }
}
