using Microsoft.EntityFrameworkCore;
using Sparsify.Contracts;
using Sparsify.Orchestrator.Inventory;
using Sparsify.Orchestrator.Storage;

namespace Sparsify.Orchestrator.Eligibility;

/// <summary>The VMs that keep a disk from being written. One that starts is told to the disk's operation once; who gives a job out asks again.</summary>
internal sealed class RunningMachines(OrchestratorDbContext db)
{
    /// <summary>Those that are not down and have the disk, known by its id or by its place.</summary>
    public Task<List<VirtualMachine>> OnAsync(Guid diskId, string storageDomain, string path, CancellationToken cancellationToken)
    {
        // Each way has its index, and «or» would have none.
        var plugged = db.VmDisks.Where(p => p.DiskId == diskId).Select(p => p.VmId)
            .Union(db.VmDisks.Where(p => p.StorageDomain == storageDomain && p.Path == path).Select(p => p.VmId));
        return db.VirtualMachines.AsNoTracking().Where(vm => plugged.Contains(vm.Id) && vm.Status != VmStatus.Down).OrderBy(vm => vm.Name).ToListAsync(cancellationToken);
    }
}
