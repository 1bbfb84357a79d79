using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Sparsify.Contracts;
using Sparsify.Messaging;
using Sparsify.Scanner.Policies.Runs;
using Sparsify.Scanner.Policies.Schedules;
using Sparsify.Scanner.Policies.Storing;
using Sparsify.Scanner.Policies.Triggers;
using Sparsify.Scanner.Storage;

namespace Sparsify.Scanner.Policies;

/// <summary>Starts what is due and leads runs on, one policy or run in one transaction. Several Scanners may do so at once.</summary>
internal sealed class PolicySweep(ScannerDbContext db, RunStart start, RunProgress progress, TimeProvider time, IOptions<ScannerOptions> options)
{
    private const int MostEvents = 1000;
    private static readonly TimeSpan Late = TimeSpan.FromMinutes(1);

    /// <summary>Policies that are due by the clock.</summary>
    public async Task<IReadOnlyList<Guid>> DueAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return await db.Policies.Where(p => p.NextRunAt <= now).OrderBy(p => p.NextRunAt).Select(p => p.Id).ToListAsync(cancellationToken);
    }

    /// <summary>Policies for which something has happened.</summary>
    public async Task<IReadOnlyList<Guid>> WithEventsAsync(CancellationToken cancellationToken) => await db.PolicyEvents.Select(e => e.PolicyId).Distinct().ToListAsync(cancellationToken);

    /// <summary>Runs that go on.</summary>
    public async Task<IReadOnlyList<Guid>> RunningAsync(CancellationToken cancellationToken) => await db.PolicyRuns.Where(r => r.State == PolicyRunState.Running).Select(r => r.Id).ToListAsync(cancellationToken);

    /// <summary>Starts a policy that is due by the clock, or notes why not.</summary>
    public Task StartDueAsync(Guid policyId, CancellationToken cancellationToken) => InTransactionAsync(PolicyStore.LockOf(policyId), async () =>
    {
        var now = time.GetUtcNow();
        var policy = await db.Policies.SingleOrDefaultAsync(p => p.Id == policyId, cancellationToken);
        if (policy?.NextRunAt is not { } dueAt || dueAt > now)
            return; // another Scanner was quicker
        var late = options.Value.PolicySweepInterval * 2 is var sweeps && sweeps > Late ? sweeps : Late;
        var due = CronSchedule.Decide(policy.Rule.Trigger, dueAt, now, late, options.Value.MissedRunGrace);
        var request = new RunRequest(PolicyRunCause.Schedule, due.ScheduledAt, Reason(due));
        if (due.State == DueState.Missed)
            await start.RecordAsync(policy, request, PolicyRunState.Missed, cancellationToken);
        else
            await start.BeginAsync(policy, request, cancellationToken);
        policy.NextRunAt = CronSchedule.NextAfter(policy.Rule.Trigger, now);
    }, cancellationToken);

    /// <summary>Starts a policy for what has happened, unless its window is closed or its last run goes on: then that waits.</summary>
    public Task StartForEventsAsync(Guid policyId, CancellationToken cancellationToken) => InTransactionAsync(PolicyStore.LockOf(policyId), async () =>
    {
        var policy = await db.Policies.SingleOrDefaultAsync(p => p.Id == policyId && p.Enabled, cancellationToken);
        if (policy is null)
        {
            await db.PolicyEvents.Where(e => e.PolicyId == policyId).ExecuteDeleteAsync(cancellationToken);
            return;
        }

        if (!policy.Rule.Window.IsOpen(time.GetUtcNow()))
            return;
        if (policy.Rule.Overlap == PolicyOverlap.Forbid && await db.PolicyRuns.AnyAsync(r => r.PolicyId == policyId && r.State == PolicyRunState.Running, cancellationToken))
            return;
        var events = await db.PolicyEvents.Where(e => e.PolicyId == policyId).OrderBy(e => e.At).Take(MostEvents).ToListAsync(cancellationToken);
        if (events.Count == 0)
            return;
        await start.BeginAsync(policy, new RunRequest(PolicyRunCause.Event, events[^1].At, Reason(events), Only: [.. events.Select(e => e.DiskId)]), cancellationToken);
        db.PolicyEvents.RemoveRange(events);
    }, cancellationToken);

    /// <summary>Leads a run on.</summary>
    public Task AdvanceAsync(Guid runId, CancellationToken cancellationToken) => InTransactionAsync(RunProgress.LockOf(runId), async () =>
    {
        if (await db.PolicyRuns.SingleOrDefaultAsync(r => r.Id == runId && r.State == PolicyRunState.Running, cancellationToken) is { } run)
            await progress.AdvanceAsync(run, tell: false, cancellationToken);
    }, cancellationToken);

    private async Task InTransactionAsync(string name, Func<Task> work, CancellationToken cancellationToken)
    {
        await using var transaction = await db.BeginWriteAsync(cancellationToken);
        await db.SerialiseAsync(cancellationToken, name);
        await work();
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static string? Reason(DueRun due) => due switch
    {
        { State: DueState.Missed } => "It was due while no Scanner ran, longer ago than may be made up.",
        { State: DueState.MadeUp, MissedBefore: true } => "It was due while no Scanner ran, and is made up; those before it are left out.",
        { State: DueState.MadeUp } => "It was due while no Scanner ran, and is made up.",
        { MissedBefore: true } => "Those that were due before it, while no Scanner ran, are left out.",
        _ => null,
    };

    private static string Reason(IEnumerable<PolicyEventRow> events) => string.Join(' ', events.Select(e => e.Event).Distinct().Order().Select(e => e switch
    {
        PolicyEvent.VmStopped => "A VM was stopped.",
        PolicyEvent.ThresholdPassed => "Thresholds were passed.",
        PolicyEvent.SnapshotRemoved => "A snapshot was removed.",
        _ => "Reclaimable space grew.",
    }));
}
