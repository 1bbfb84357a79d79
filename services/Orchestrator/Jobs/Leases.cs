using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Sparsify.Contracts;
using Sparsify.Messaging;
using Sparsify.Orchestrator.Storage;

namespace Sparsify.Orchestrator.Jobs;

/// <summary>Grants and ends leases, in the caller's transaction.</summary>
internal sealed class Leases(OrchestratorDbContext db, TimeProvider time, IOptions<OrchestratorOptions> options)
{
    /// <summary>Lets one claim at a time count the leases of a host and of its storage domains.</summary>
    public Task SerialiseAsync(string host, IEnumerable<string> storageDomains, CancellationToken cancellationToken) =>
        db.SerialiseAsync(cancellationToken, storageDomains.Distinct().Order(StringComparer.Ordinal).Select(d => $"leases of domain {d}").Append($"leases of host {host}"));

    /// <summary>Takes the waiting job for the host. False when another host was faster: the key of the leases decides.</summary>
    public async Task<bool> TryGrantAsync(VolumeJob job, string host, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var attempt = job.Attempt + 1;
        var until = now + options.Value.LeaseDuration;
        object untilColumn = db.IsSqlite ? until.UtcTicks : until;
        var inserted = await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO leases (disk_id, operation_id, attempt, generation, host, storage_domain, duration, renewals, until, started)
            VALUES ({job.DiskId}, {job.OperationId}, {attempt}, {job.Generation}, {host}, {job.StorageDomain}, {options.Value.LeaseDuration.Ticks}, 0, {untilColumn}, FALSE)
            ON CONFLICT DO NOTHING
            """,
            cancellationToken);
        if (inserted == 0)
            return false;

        var kind = job.Status == VolumeJobStatus.NeedsRepair ? AttemptKind.Repair : AttemptKind.Sparsify;
        var held = kind == AttemptKind.Repair ? VolumeJobStatus.Repairing : VolumeJobStatus.Leased;
        var taken = await db.VolumeJobs
            .Where(j => j.OperationId == job.OperationId && j.Status == job.Status && j.Attempt == job.Attempt)
            .ExecuteUpdateAsync(j => j.SetProperty(x => x.Status, held).SetProperty(x => x.Attempt, attempt).SetProperty(x => x.NoHostSince, (DateTimeOffset?)null), cancellationToken);
        if (taken == 0)
        {
            await db.Leases.Where(l => l.DiskId == job.DiskId && l.OperationId == job.OperationId && l.Attempt == attempt).ExecuteDeleteAsync(cancellationToken);
            return false;
        }

        db.JobAttempts.Add(new JobAttempt { OperationId = job.OperationId, Number = attempt, Kind = kind, Host = host, GrantedAt = now });
        return true;
    }

    /// <summary>Offers the job of an attempt again whose host never had leave to start, so that nothing was written. Its lease is the caller's to end.</summary>
    /// <returns>False when a cancel was asked for: the job is offered to nobody.</returns>
    public async Task<bool> TryTakeBackAsync(Guid operationId, int attempt, CancellationToken cancellationToken)
    {
        // One statement decides, so that a cancel cannot come between a look and a write.
        if (await db.VolumeJobs.Where(j => j.OperationId == operationId && j.Attempt == attempt && j.Status == VolumeJobStatus.Leased && !j.CancelRequested)
                .ExecuteUpdateAsync(j => j.SetProperty(x => x.Status, VolumeJobStatus.Waiting), cancellationToken) == 0)
            return false;
        await NoteNotStartedAsync(operationId, attempt, cancellationToken);
        return true;
    }

    /// <summary>Notes in the history that an attempt came to nothing.</summary>
    public Task NoteNotStartedAsync(Guid operationId, int attempt, CancellationToken cancellationToken) =>
        db.JobAttempts.Where(a => a.OperationId == operationId && a.Number == attempt)
            .ExecuteUpdateAsync(a => a.SetProperty(x => x.EndedAt, time.GetUtcNow()).SetProperty(x => x.Outcome, "NotStarted"), cancellationToken);
}
