using Microsoft.EntityFrameworkCore;
using Sparsify.Orchestrator.Storage;

namespace Sparsify.Orchestrator.Eligibility;

/// <summary>Reads the facts of disks from the tables, in the caller's transaction.</summary>
internal sealed class DiskFactsReader(OrchestratorDbContext db)
{
    public async Task<DiskFacts?> ReadAsync(Guid diskId, CancellationToken cancellationToken)
    {
        var disk = await db.Disks.AsNoTracking().SingleOrDefaultAsync(d => d.Id == diskId, cancellationToken);
        if (disk is null)
            return null;
        var domain = await db.StorageDomains.AsNoTracking().SingleOrDefaultAsync(d => d.Name == disk.StorageDomain, cancellationToken);
        var vms = await db.VirtualMachines.AsNoTracking()
            .Where(vm => db.VmDisks.Any(p => p.VmId == vm.Id
                && (p.DiskId == disk.Id || (p.StorageDomain == disk.StorageDomain && p.Path == disk.Path))))
            .OrderBy(vm => vm.Name).ToListAsync(cancellationToken);
        var lockedBy = await db.DiskLocks.AsNoTracking().Where(l => l.DiskId == diskId).Select(l => (Guid?)l.OperationId).SingleOrDefaultAsync(cancellationToken);
        return new DiskFacts(disk, domain, vms, lockedBy);
    }
}
