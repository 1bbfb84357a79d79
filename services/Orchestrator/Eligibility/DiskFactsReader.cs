using Microsoft.EntityFrameworkCore;
using Sparsify.Messaging;
using Sparsify.Orchestrator.Inventory;
using Sparsify.Orchestrator.Storage;

namespace Sparsify.Orchestrator.Eligibility;

/// <summary>Reads the facts of disks from the tables, in the caller's transaction.</summary>
internal sealed class DiskFactsReader(OrchestratorDbContext db)
{
    private static readonly KnownQuery<Func<OrchestratorDbContext, Guid, CancellationToken, Task<WithoutMachines?>>> FactsOf = new(() => EF.CompileAsyncQuery(
        (OrchestratorDbContext db, Guid diskId, CancellationToken _) => (
            from d in db.Disks.AsNoTracking()
            where d.Id == diskId
            join s in db.StorageDomains on d.StorageDomain equals s.Name into domains
            from domain in domains.DefaultIfEmpty()
            select new WithoutMachines(
                d,
                domain,
                db.DiskLocks.Where(l => l.DiskId == d.Id || (l.StorageDomain == d.StorageDomain && l.Path == d.Path))
                    .OrderBy(l => l.TakenAt).Select(l => (Guid?)l.OperationId).FirstOrDefault())).SingleOrDefault()));

    private static readonly KnownQuery<Func<OrchestratorDbContext, Guid, string, string, IAsyncEnumerable<VirtualMachine>>> MachinesWith = new(() => EF.CompileAsyncQuery(
        IQueryable<VirtualMachine> (OrchestratorDbContext db, Guid diskId, string storageDomain, string path) => db.VirtualMachines.AsNoTracking()
            .Where(vm => db.VmDisks.Any(p => p.VmId == vm.Id && (p.DiskId == diskId || (p.StorageDomain == storageDomain && p.Path == path))))
            .OrderBy(vm => vm.Name)));

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
        if (await FactsOf.For(db)(db, diskId, cancellationToken) is not { Disk: var disk } known)
            return null;
        var vms = await MachinesWith.For(db)(db, disk.Id, disk.StorageDomain, disk.Path).ToListAsync(cancellationToken);
        return new DiskFacts(disk, known.Domain, vms, known.LockedBy);
    }

    private sealed record WithoutMachines(Disk Disk, StorageDomain? Domain, Guid? LockedBy);
}
