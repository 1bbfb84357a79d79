using Microsoft.EntityFrameworkCore;
using Sparsify.Contracts;
using Sparsify.Messaging;
using Sparsify.Scanner.Policies.Selecting;
using Sparsify.Scanner.Policies.Storing;
using Sparsify.Scanner.Storage;

namespace Sparsify.Scanner.Policies.Runs;

/// <summary>Starts runs, in the caller's transaction, which holds the policy's lock.</summary>
internal sealed class RunStart(ScannerDbContext db, DiskSelecting selecting, RunProgress progress, RunReports reports, TimeProvider time)
{
    /// <summary>Starts a run, unless it was started before or the policy forbids it now.</summary>
    /// <returns>Its report; null when it was started before, by whichever Scanner; the run that goes on when that forbids it and a person asked.</returns>
    public async Task<object?> BeginAsync(StoredPolicy policy, RunRequest request, CancellationToken cancellationToken)
    {
        var id = NamedId.OfRun(policy.Id, request.ScheduledAt);
        if (await db.PolicyRuns.AnyAsync(r => r.Id == id, cancellationToken))
            return null;
        var older = await db.PolicyRuns.Where(r => r.PolicyId == policy.Id && r.State == PolicyRunState.Running).ToListAsync(cancellationToken);
        if (older.Count > 0 && policy.Rule.Overlap == PolicyOverlap.Forbid)
        {
            return request.Cause == PolicyRunCause.Manual
                ? new PolicyRefused { Code = PolicyRefusals.Running, Message = $"The run of '{policy.Name}' that was due at {older[0].ScheduledAt:u} still goes on, and the policy forbids another." }
                : await RecordAsync(policy, request with { Reason = $"The run that was due at {older[0].ScheduledAt:u} still went on." }, PolicyRunState.Skipped, cancellationToken);
        }

        foreach (var run in older)
            await progress.ReplaceAsync(run, cancellationToken);
        var selection = await selecting.SelectAsync(new PolicyInForce(policy.Id, policy.Revision, policy.Rule), request.Only, cancellationToken);
        return await progress.AdvanceAsync(Add(policy, request, selection), tell: true, cancellationToken);
    }

    /// <summary>Notes that a run was left out.</summary>
    public async Task<PolicyRunChanged?> RecordAsync(StoredPolicy policy, RunRequest request, PolicyRunState state, CancellationToken cancellationToken)
    {
        var id = NamedId.OfRun(policy.Id, request.ScheduledAt);
        if (await db.PolicyRuns.AnyAsync(r => r.Id == id, cancellationToken))
            return null;
        var run = db.PolicyRuns.Add(New(policy, request, new Selection([], [], 0))).Entity;
        (run.State, run.EndedAt) = (state, run.StartedAt);
        return await reports.PublishAsync(run, [], cancellationToken);
    }

    private PolicyRun Add(StoredPolicy policy, RunRequest request, Selection selection)
    {
        var run = db.PolicyRuns.Add(New(policy, request, selection)).Entity;
        var deadline = RunPlan.DeadlineOf(run.Rule, run.StartedAt);
        var span = TimeSpan.FromMinutes(run.Rule.Limits.StaggerMinutes);
        var lines = selection.Chosen.Concat(selection.PassedOver);
        db.RunDisks.AddRange(lines.Select((line, position) => new RunDisk
        {
            RunId = run.Id,
            Position = position,
            Turn = position < selection.Chosen.Count ? Turn.Waiting : Turn.None,
            NotBefore = Stagger.StartOf(line.DiskId, span, run.StartedAt, deadline),
            Line = line,
        }));
        ScannerTelemetry.PolicyRuns.Add(1, new KeyValuePair<string, object?>("policy", policy.Name));
        return run;
    }

    private PolicyRun New(StoredPolicy policy, RunRequest request, Selection selection) => new()
    {
        Id = NamedId.OfRun(policy.Id, request.ScheduledAt),
        PolicyId = policy.Id,
        PolicyName = policy.Name,
        Rule = policy.Rule,
        Cause = request.Cause,
        RequestedBy = request.RequestedBy,
        State = PolicyRunState.Running,
        Reason = request.Reason,
        ScheduledAt = request.ScheduledAt,
        StartedAt = time.GetUtcNow(),
        Considered = selection.Considered,
        Chosen = selection.Chosen.Count,
        Omitted = selection.Omitted,
    };
}
