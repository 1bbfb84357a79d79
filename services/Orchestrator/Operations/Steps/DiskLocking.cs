using System.Diagnostics;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Sparsify.Contracts;
using Sparsify.Orchestrator.Eligibility;
using Sparsify.Orchestrator.Inventory;
using Sparsify.Orchestrator.Jobs;
using Sparsify.Orchestrator.Storage;

namespace Sparsify.Orchestrator.Operations.Steps;

/// <summary>Rules, lock and volume job, in the transaction of the message that asked for them.</summary>
internal sealed class DiskLocking(OrchestratorDbContext db, DiskFactsReader facts, DiskChanges changes, TimeProvider time)
{
    /// <summary>Locks the disk and queues its volume job, or leaves every violation in the operation and locks nothing.</summary>
    public async Task LockOrRefuseAsync(BehaviorContext<Operation> context)
    {
        var operation = context.Saga;
        // Who changes the facts takes the row before looking for a lock: so a VM that starts meanwhile is seen by the rules, or sees the lock.
        var known = await facts.HoldAsync(operation.DiskId, context.CancellationToken);
        operation.Violations = [.. EligibilityRules.Check(known, operation.DiskId, operation.AllowSnapshots)];
        if (operation.Violations.Count > 0)
            return;
        if (await TryLockAsync(operation, known!.Disk, context.CancellationToken) is not { } generation)
        {
            var holder = await facts.ReadAsync(operation.DiskId, context.CancellationToken);
            operation.Violations = [DiskRules.Locked(holder!.LockedBy!.Value)];
            return;
        }

        operation.Generation = generation;
        operation.SizeBefore = known.Disk.ActualSize;
        Enqueue(operation, known.Disk, generation);
        (known.Disk.Generation, known.Disk.Revision) = (generation, known.Disk.Revision + 1);
        await context.Publish(DiskChanges.Describe(known with { LockedBy = operation.CorrelationId }, removed: false));
        await context.Publish(new SparsifyDiskAccepted
        {
            OperationId = operation.CorrelationId,
            DiskId = operation.DiskId,
            Generation = generation,
            AcceptedAt = time.GetUtcNow(),
            Policy = operation.Policy,
        });
        await context.Publish(new VolumeJobOffered { StorageDomain = known.Disk.StorageDomain });
    }

    /// <summary>Releases the disk with the final state that ends the operation.</summary>
    public async Task ReleaseAsync(BehaviorContext<Operation> context)
    {
        var operation = context.Saga;
        var held = await db.DiskLocks.AsNoTracking().SingleOrDefaultAsync(l => l.OperationId == operation.CorrelationId, context.CancellationToken);
        if (held is null)
            return;
        await db.DiskLocks.Where(l => l.OperationId == operation.CorrelationId).ExecuteDeleteAsync(context.CancellationToken);
        await db.VolumeJobs.Where(j => j.OperationId == operation.CorrelationId)
            .ExecuteUpdateAsync(j => j.SetProperty(x => x.Status, VolumeJobStatus.Closed), context.CancellationToken);
        await context.Publish(new DiskUnlocked
        {
            DiskId = operation.DiskId,
            OperationId = operation.CorrelationId,
            Generation = operation.Generation ?? 0,
            UnlockedAt = time.GetUtcNow(),
        });
        // The disk may have been moved, and another may be where it was.
        var freed = await db.Disks.Where(d => d.Id == held.DiskId || (d.StorageDomain == held.StorageDomain && d.Path == held.Path)).Select(d => d.Id).ToListAsync(context.CancellationToken);
        await changes.PublishAsync(context, freed, context.CancellationToken);
    }

    /// <summary>Takes the lock of a disk whose row was held before it was read.</summary>
    /// <returns>The lock's generation; null when another operation has the volume.</returns>
    private async Task<long?> TryLockAsync(Operation operation, Disk disk, CancellationToken cancellationToken)
    {
        var generation = disk.Generation + 1;
        var now = time.GetUtcNow();
        object takenAt = db.IsSqlite ? now.UtcTicks : now;
        // Not an entity: a failed insert would end the transaction, where a refused one only answers.
        if (await db.Database.ExecuteSqlAsync(
            $"INSERT INTO disk_locks (disk_id, storage_domain, path, operation_id, generation, taken_at) VALUES ({disk.Id}, {disk.StorageDomain}, {disk.Path}, {operation.CorrelationId}, {generation}, {takenAt}) ON CONFLICT DO NOTHING",
            cancellationToken) == 0)
            return null;
        await db.Disks.Where(d => d.Id == disk.Id)
            .ExecuteUpdateAsync(d => d.SetProperty(x => x.Generation, generation).SetProperty(x => x.Revision, x => x.Revision + 1), cancellationToken);
        return generation;
    }

    private void Enqueue(Operation operation, Disk disk, long generation) =>
        db.VolumeJobs.Add(new VolumeJob
        {
            OperationId = operation.CorrelationId,
            DiskId = disk.Id,
            StorageDomain = disk.StorageDomain,
            Path = disk.Path,
            Format = disk.Format,
            AllowSnapshots = operation.AllowSnapshots,
            MinReclaimable = operation.MinReclaimable,
            Force = operation.Force,
            Generation = generation,
            Priority = operation.Priority,
            Status = VolumeJobStatus.Waiting,
            QueuedAt = time.GetUtcNow(),
            NotBefore = time.GetUtcNow(),
            TraceParent = Activity.Current?.Id,
        });
}
