using Sparsify.Contracts;
using Sparsify.Messaging;
using Sparsify.Scanner.Storage;

namespace Sparsify.Scanner.Policies.Runs;

/// <summary>Tells the world the report of a run, with the caller's transaction.</summary>
internal sealed class RunReports(IOutbox<ScannerDbContext> outbox)
{
    /// <summary>Publishes it as a new revision.</summary>
    public async Task<PolicyRunChanged> PublishAsync(PolicyRun run, IEnumerable<RunDisk> disks, CancellationToken cancellationToken)
    {
        run.Revision++;
        var report = new PolicyRunChanged
        {
            RunId = run.Id,
            Revision = run.Revision,
            PolicyId = run.PolicyId,
            PolicyName = run.PolicyName,
            Cause = run.Cause,
            RequestedBy = run.RequestedBy,
            State = run.State,
            Reason = run.Reason,
            ScheduledAt = run.ScheduledAt,
            StartedAt = run.StartedAt,
            EndedAt = run.EndedAt,
            Considered = run.Considered,
            Chosen = run.Chosen,
            Reclaimed = run.Reclaimed,
            Disks = [.. disks.OrderBy(d => d.Position).Select(d => d.Line)],
            Omitted = run.Omitted,
        };
        await outbox.Publish(report, cancellationToken);
        return report;
    }
}
