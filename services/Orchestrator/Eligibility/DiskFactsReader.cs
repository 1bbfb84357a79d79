using Microsoft.EntityFrameworkCore;
using Sparsify.Orchestrator.Storage;

namespace Sparsify.Orchestrator.Eligibility;

/// <summary>Reads the facts of disks from the tables, in the caller's transaction.</summary>
internal sealed class DiskFactsReader(OrchestratorDbContext db)
{
    /// <summary>
    /// Takes the disk's row until the transaction ends, then reads. Who changes the facts of a disk or tells them takes
    /// its row too, so that what was read is still what there is, and the next revision is the caller's.
    /// </summary>
    public async Task<DiskFacts?> HoldAsync(Guid diskId, CancellationToken cancellationToken)
    {
        await db.Disks.Where(d => d.Id == diskId).ExecuteUpdateAsync(d => d.SetProperty(x => x.Generation, x => x.Generation), cancellationToken);
        return await ReadAsync(diskId, cancellationToken);
    }

    public async Task<DiskFacts?> ReadAsync(Guid diskId, CancellationToken cancellationToken)
    {
        var known = await (
            from d in db.Disks.AsNoTracking()
            where d.Id == diskId
            join s in db.StorageDomains on d.StorageDomain equals s.Name into domains
            from domain in domains.DefaultIfEmpty()
            select new
            {
                Disk = d,
                Domain = domain,
                LockedBy = db.DiskLocks.Where(l => l.DiskId == d.Id || (l.StorageDomain == d.StorageDomain && l.Path == d.Path))
                    .OrderBy(l => l.TakenAt).Select(l => (Guid?)l.OperationId).FirstOrDefault(),
            }).SingleOrDefaultAsync(cancellationToken);
        if (known is null)
            return null;
        var disk = known.Disk;
        var vms = await db.VirtualMachines.AsNoTracking()
            .Where(vm => db.VmDisks.Any(p => p.VmId == vm.Id
                && (p.DiskId == disk.Id || (p.StorageDomain == disk.StorageDomain && p.Path == disk.Path))))
            .OrderBy(vm => vm.Name).ToListAsync(cancellationToken);
        return new DiskFacts(disk, known.Domain, vms, known.LockedBy);
    }
}
