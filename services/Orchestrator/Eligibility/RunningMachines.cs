using Microsoft.EntityFrameworkCore;
using Sparsify.Contracts;
using Sparsify.Messaging;
using Sparsify.Orchestrator.Inventory;
using Sparsify.Orchestrator.Storage;

namespace Sparsify.Orchestrator.Eligibility;

/// <summary>The VMs that keep a disk from being written. One that starts is told to the disk's operation once; who gives a job out asks again.</summary>
internal sealed class RunningMachines(OrchestratorDbContext db)
{
    // Each way to a disk has its index, and «or» would have none.
    private static readonly KnownQuery<Func<OrchestratorDbContext, Guid, string, string, IAsyncEnumerable<VirtualMachine>>> RunningWith = new(() => EF.CompileAsyncQuery(
        IQueryable<VirtualMachine> (OrchestratorDbContext db, Guid diskId, string storageDomain, string path) => db.VirtualMachines.AsNoTracking()
            .Where(vm => db.VmDisks.Where(p => p.DiskId == diskId).Select(p => p.VmId)
                .Union(db.VmDisks.Where(p => p.StorageDomain == storageDomain && p.Path == path).Select(p => p.VmId))
                .Contains(vm.Id) && vm.Status != VmStatus.Down)
            .OrderBy(vm => vm.Name)));

    /// <summary>Those that are not down and have the disk, known by its id or by its place.</summary>
    public async Task<List<VirtualMachine>> OnAsync(Guid diskId, string storageDomain, string path, CancellationToken cancellationToken) =>
        await RunningWith.For(db)(db, diskId, storageDomain, path).ToListAsync(cancellationToken);
}
