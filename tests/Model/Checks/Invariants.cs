using System.Runtime.CompilerServices;
using Sparsify.Contracts;
using Sparsify.Model.Hosts;
using Sparsify.Model.Orchestration;
using Sparsify.Orchestrator.Jobs;

namespace Sparsify.Model.Checks;

/// <summary>What must hold at any time, whatever the reference says.</summary>
internal sealed class Invariants
{
    private Dictionary<Guid, OperationState> _states = [];
    private Dictionary<Guid, int> _revisions = [];
    private HashSet<Guid> _ended = [];
    private HashSet<(Guid, long)> _unlocked = [];
    private Dictionary<Guid, (string Volume, long Generation)> _locks = [];

    /// <summary>The volume that an operation's lock stands for.</summary>
    public void Lock(Guid operation, string volume, long generation) => _locks[operation] = (volume, generation);

    /// <summary>What was committed with one message.</summary>
    public void CheckMessages(IReadOnlyList<Sent> sent)
    {
        foreach (var message in sent.Select(s => s.Message))
        {
            switch (message)
            {
                case OperationChanged m:
                    Require(m.Revision == _revisions.GetValueOrDefault(m.OperationId) + 1, "Gap in the revisions", $"{Words.Of(m)} after r{_revisions.GetValueOrDefault(m.OperationId)}");
                    _revisions[m.OperationId] = m.Revision;
                    Step(m.OperationId, m.State);
                    break;
                case SparsifyDiskRejected m:
                    End(m.OperationId, m);
                    break;
                case SparsifyDiskSkipped m:
                    End(m.OperationId, m);
                    break;
                case SparsifyDiskCompleted m:
                    End(m.OperationId, m);
                    break;
                case SparsifyDiskFailed m:
                    End(m.OperationId, m);
                    break;
                case SparsifyDiskCanceled m:
                    End(m.OperationId, m);
                    break;
                case DiskUnlocked m:
                    Require(_unlocked.Add((m.OperationId, m.Generation)), "Unlocked twice", $"{Words.Of(m)}");
                    break;
            }
        }
    }

    /// <summary>What the tables hold after it, beside what hosts and volumes really are.</summary>
    public void CheckTables(Tables tables, IEnumerable<HostAttempt> attempts, Volumes volumes)
    {
        foreach (var o in tables.Operations)
        {
            Require(_states.GetValueOrDefault(o.Id) == o.State, "State without a word", $"{Ids.Name(o.Id)} is {o.State}, and {_states.GetValueOrDefault(o.Id)} was published");
            var live = !Paths.IsFinal(o.State);
            Require(tables.Locks.Any(l => l.Operation == o.Id) == live, live ? "Live operation without its lock" : "Lock without a live operation", $"{Ids.Name(o.Id)}");
            Require(live || tables.Jobs.All(j => j.Operation != o.Id || j.Status == VolumeJobStatus.Closed), "Open job of an ended operation", $"{Ids.Name(o.Id)}");
        }

        foreach (var lease in tables.Leases)
        {
            var job = tables.Jobs.Single(j => j.Operation == lease.Operation);
            var fits = lease.Started ? job.Status == VolumeJobStatus.Running : job.Status is VolumeJobStatus.Leased or VolumeJobStatus.Repairing;
            Require(fits && job.Attempt == lease.Attempt, "Lease without its job", $"{Words.Attempt(lease.Operation, lease.Attempt)}, started: {lease.Started}; the job is {job.Status} in attempt {job.Attempt}");
        }

        foreach (var writer in attempts.Where(a => a.MayWrite))
            Require(IsLocked(tables, writer.Volume, writer.Job.OperationId), "Writer on an unlocked disk", $"{writer.Host} may write to {writer.Volume} for {writer.Name}");
        foreach (var (volume, cutOff) in volumes.Dirty)
        {
            Require(tables.Locks.Any(l => _locks[l.Operation].Volume == volume), "Unlocked before it is proven sound", $"{volume}, where {cutOff} was cut off");
            Require(tables.Attempts.Any(a => Words.Attempt(a.Operation, a.Number) == cutOff && a.VitalBytes is not null), "Vital bytes are gone", $"{volume}, where {cutOff} was cut off");
        }
    }

    public Invariants Copy() => new() { _states = new(_states), _revisions = new(_revisions), _ended = [.. _ended], _unlocked = [.. _unlocked], _locks = new(_locks) };

    public string VolumeOf(Guid operation) => _locks[operation].Volume;

    private bool IsLocked(Tables tables, string volume, Guid operation) => _locks[operation].Volume == volume && tables.Locks.Any(l => l.Operation == operation && l.Generation == _locks[operation].Generation);

    private void Step(Guid operation, OperationState next)
    {
        var from = _states.GetValueOrDefault(operation);
        Require(Paths.MayFollow(from, next), "Not a path", $"{Ids.Name(operation)} went from {from} to {next}");
        _states[operation] = next;
    }

    private void End(Guid operation, object message) => Require(_ended.Add(operation), "Ended twice", $"{Words.Of(message)}");

    private static void Require(bool holds, string rule, [InterpolatedStringHandlerArgument(nameof(holds))] Details details)
    {
        if (!holds)
            throw new ViolationException(rule, details.Text());
    }
}
