using Microsoft.EntityFrameworkCore;
using Sparsify.Contracts;
using Sparsify.Messaging;
using Sparsify.Scanner.Policies.Schedules;
using Sparsify.Scanner.Policies.Validation;
using Sparsify.Scanner.Storage;

namespace Sparsify.Scanner.Policies.Storing;

/// <summary>Keeps policies, in the caller's transaction, and tells of each change. What it answers is a <see cref="PolicyChanged"/> or a <see cref="PolicyRefused"/>.</summary>
internal sealed class PolicyStore(ScannerDbContext db, IOutbox<ScannerDbContext> outbox, TimeProvider time)
{
    /// <summary>The most policies that are kept.</summary>
    public const int Most = 1000;

    /// <summary>One change at a time, since names are unique and their number is bounded, and none while a run of the policy starts.</summary>
    public Task SerialiseAsync(Guid policyId, CancellationToken cancellationToken) => db.SerialiseAsync(cancellationToken, "policies", LockOf(policyId));

    /// <summary>Held by whoever starts a run of the policy or changes it.</summary>
    public static string LockOf(Guid policyId) => $"policy {policyId}";

    /// <summary>Makes a policy, or changes one.</summary>
    public async Task<object> StoreAsync(StorePolicy request, CancellationToken cancellationToken)
    {
        var faults = PolicyRules.Check(request.Policy, time.GetUtcNow());
        if (faults.Count > 0)
            return Refuse(PolicyRefusals.Invalid, "The policy says what cannot be.", faults);
        await SerialiseAsync(request.PolicyId, cancellationToken);
        if (request.ExpectedRevision is null)
            return await AddAsync(request.PolicyId, request.Policy, file: null, cancellationToken);
        var known = await db.Policies.SingleOrDefaultAsync(p => p.Id == request.PolicyId, cancellationToken);
        return (object?)RefusalOf(request.PolicyId, known, request.ExpectedRevision.Value) ?? await ChangeAsync(known!, request.Policy, cancellationToken);
    }

    /// <summary>Forgets a policy.</summary>
    public async Task<object> RemoveAsync(RemovePolicy request, CancellationToken cancellationToken)
    {
        await SerialiseAsync(request.PolicyId, cancellationToken);
        var known = await db.Policies.SingleOrDefaultAsync(p => p.Id == request.PolicyId, cancellationToken);
        return (object?)RefusalOf(request.PolicyId, known, request.ExpectedRevision) ?? await RemoveAsync(known!, cancellationToken);
    }

    /// <summary>Makes a policy that was checked.</summary>
    public async Task<object> AddAsync(Guid id, Policy rule, string? file, CancellationToken cancellationToken)
    {
        if (await NameTakenAsync(id, rule.Name, cancellationToken) is { } taken)
            return taken;
        if (await db.Policies.CountAsync(cancellationToken) >= Most)
            return Refuse(PolicyRefusals.TooMany, $"There are {Most} policies; no more are kept. Remove one.");
        return await WriteAsync(db.Policies.Add(new StoredPolicy { Id = id, File = file }).Entity, rule, cancellationToken);
    }

    /// <summary>Changes a policy to what was checked.</summary>
    public async Task<object> ChangeAsync(StoredPolicy known, Policy rule, CancellationToken cancellationToken) =>
        (object?)await NameTakenAsync(known.Id, rule.Name, cancellationToken) ?? await WriteAsync(known, rule, cancellationToken);

    /// <summary>Forgets one; events that wait for it go with it.</summary>
    public async Task<PolicyChanged> RemoveAsync(StoredPolicy known, CancellationToken cancellationToken)
    {
        await db.PolicyEvents.Where(e => e.PolicyId == known.Id).ExecuteDeleteAsync(cancellationToken);
        db.Policies.Remove(known);
        (known.Revision, known.ChangedAt) = (known.Revision + 1, time.GetUtcNow());
        return await TellAsync(known, removed: true, cancellationToken);
    }

    /// <summary>Says why what a file says by now is refused, or that it is not any more.</summary>
    public async Task NoteProblemAsync(StoredPolicy known, string? problem, CancellationToken cancellationToken)
    {
        if (known.FileProblem == problem)
            return;
        (known.FileProblem, known.Revision, known.ChangedAt) = (problem, known.Revision + 1, time.GetUtcNow());
        await TellAsync(known, removed: false, cancellationToken);
    }

    private async Task<PolicyChanged> WriteAsync(StoredPolicy known, Policy rule, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (!rule.Enabled)
            await db.PolicyEvents.Where(e => e.PolicyId == known.Id).ExecuteDeleteAsync(cancellationToken);
        (known.Name, known.Enabled, known.Rule, known.FileProblem) = (rule.Name, rule.Enabled, rule, null);
        (known.Revision, known.ChangedAt) = (known.Revision + 1, now);
        known.NextRunAt = rule.Enabled ? CronSchedule.NextAfter(rule.Trigger, now) : null;
        return await TellAsync(known, removed: false, cancellationToken);
    }

    private async Task<PolicyChanged> TellAsync(StoredPolicy known, bool removed, CancellationToken cancellationToken)
    {
        var changed = known.Describe(removed);
        await outbox.Publish(changed, cancellationToken);
        return changed;
    }

    private async Task<PolicyRefused?> NameTakenAsync(Guid id, string name, CancellationToken cancellationToken) =>
        await db.Policies.AnyAsync(p => p.Name == name && p.Id != id, cancellationToken)
            ? Refuse(PolicyRefusals.NameTaken, $"Another policy is named '{name}'. Choose another name, or change that one.")
            : null;

    private static PolicyRefused? RefusalOf(Guid id, StoredPolicy? known, int expected) => known switch
    {
        null => NotFound(id),
        { File: { } file } => Refuse(PolicyRefusals.ReadOnly, $"The file '{file}' gives the policy '{known.Name}'. Change it there."),
        _ when known.Revision != expected => Refuse(PolicyRefusals.Changed, $"The policy '{known.Name}' is at revision {known.Revision} and not at {expected}. Read it again."),
        _ => null,
    };

    /// <summary>There is no such policy.</summary>
    public static PolicyRefused NotFound(Guid id) => Refuse(PolicyRefusals.NotFound, $"No policy with the id {id} is known.");

    private static PolicyRefused Refuse(string code, string message, IReadOnlyList<PolicyFault>? faults = null) => new() { Code = code, Message = message, Faults = faults ?? [] };
}
