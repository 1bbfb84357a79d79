using MassTransit;
using Microsoft.EntityFrameworkCore;
using Sparsify.Contracts;
using Sparsify.Orchestrator.Eligibility;
using Sparsify.Orchestrator.Storage;

namespace Sparsify.Orchestrator.Inventory;

/// <summary>Tells the world what is known of a disk, whenever that, its lock, its VMs or its storage has changed.</summary>
internal sealed class DiskChanges(OrchestratorDbContext db, DiskFactsReader facts, TimeProvider time)
{
    /// <summary>Publishes the state of the disks. Call it after the changes were saved, within their transaction.</summary>
    public async Task PublishAsync(IPublishEndpoint endpoint, IEnumerable<Guid> diskIds, CancellationToken cancellationToken)
    {
        // Always in the same order: each update below locks the disk's row until the commit.
        foreach (var diskId in diskIds.Distinct().Order())
            await PublishAsync(endpoint, diskId, cancellationToken);
    }

    /// <inheritdoc cref="PublishAsync(IPublishEndpoint, IEnumerable{Guid}, CancellationToken)" />
    public async Task PublishAsync(IPublishEndpoint endpoint, Guid diskId, CancellationToken cancellationToken)
    {
        // The row lock comes first, then the reading: of two changes at once the later revision carries both.
        await db.Disks.Where(d => d.Id == diskId).ExecuteUpdateAsync(d => d.SetProperty(x => x.Revision, x => x.Revision + 1), cancellationToken);
        if (await facts.ReadAsync(diskId, cancellationToken) is { } known)
            await endpoint.Publish(Describe(known, removed: false), cancellationToken);
    }

    /// <summary>
    /// Forgets a disk whose row is held, and publishes that it is gone, under a revision that no other change of it has:
    /// who has seen that one would never hear of its end.
    /// </summary>
    /// <returns>The mark that stays.</returns>
    public async Task<RemovedDisk> RemoveAsync(IPublishEndpoint endpoint, DiskFacts held, CancellationToken cancellationToken)
    {
        var disk = held.Disk;
        await db.Disks.Where(d => d.Id == disk.Id).ExecuteDeleteAsync(cancellationToken);
        disk.Revision++;
        await endpoint.Publish(Describe(held, removed: true), cancellationToken);
        return db.RemovedDisks.Add(new RemovedDisk { Id = disk.Id, Revision = disk.Revision, Generation = disk.Generation, ForgottenAt = time.GetUtcNow() }).Entity;
    }

    public static DiskChanged Describe(DiskFacts facts, bool removed) => new()
    {
        DiskId = facts.Disk.Id,
        Revision = facts.Disk.Revision,
        Removed = removed,
        Name = facts.Disk.Name,
        StorageDomain = facts.Disk.StorageDomain,
        Path = facts.Disk.Path,
        Format = facts.Disk.Format,
        Allocation = facts.Disk.Allocation,
        VirtualSize = facts.Disk.VirtualSize,
        ActualSize = facts.Disk.ActualSize,
        Measurement = facts.Disk.Measurement,
        Vms = [.. facts.Vms.Select(vm => new DiskVm(vm.Id, vm.Name, vm.Status, vm.Tags.Count > 0 ? vm.Tags : null))],
        Violations = EligibilityRules.Check(facts, facts.Disk.Id, allowSnapshots: false),
        OperationId = facts.LockedBy,
    };
}
