using MassTransit;
using Microsoft.EntityFrameworkCore;
using Sparsify.Contracts;
using Sparsify.Messaging;
using Sparsify.Orchestrator.Eligibility;
using Sparsify.Orchestrator.Inventory;
using Sparsify.Orchestrator.Storage;

namespace Sparsify.Orchestrator.Ingress;

/// <summary>Keeps the state of a VM and which disks are plugged into it.</summary>
internal sealed class VmStatusReportedConsumer(OrchestratorDbContext db, DiskChanges changes) : IConsumer<VmStatusReported>
{
    public async Task Consume(ConsumeContext<VmStatusReported> context)
    {
        var report = context.Message;
        InputRules.Check(report);
        var cancellationToken = context.CancellationToken;
        await db.SerialiseAsync(cancellationToken, $"vm {report.VmId}");
        var vm = await db.VirtualMachines.SingleOrDefaultAsync(v => v.Id == report.VmId, cancellationToken);
        if (vm is not null && report.ReportedAt < vm.ReportedAt)
            return;
        vm ??= db.VirtualMachines.Add(new VirtualMachine { Id = report.VmId }).Entity;
        var before = await PluggedAsync(vm.Id, cancellationToken);
        var stateChanged = vm.Status != report.Status || vm.Name != report.Name;
        (vm.Name, vm.Status, vm.ReportedAt) = (report.Name, report.Status, report.ReportedAt);
        if (report.DiskIds is not null || report.Volumes is not null)
            await ReplacePluggedAsync(report, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);

        var after = await PluggedAsync(vm.Id, cancellationToken);
        var touched = stateChanged ? before.Union(after) : before.Except(after).Union(after.Except(before));
        await changes.PublishAsync(context, touched, cancellationToken);
        if (vm.Status != VmStatus.Down)
            await TellOperationsAsync(context, vm, after, cancellationToken);
    }

    /// <summary>Operations that hold one of its disks: those that wait end, those that run show it.</summary>
    private async Task TellOperationsAsync(ConsumeContext context, VirtualMachine vm, List<Guid> disks, CancellationToken cancellationToken)
    {
        foreach (var operationId in await db.DiskLocks.Where(l => disks.Contains(l.DiskId)).Select(l => l.OperationId).ToListAsync(cancellationToken))
            await context.Publish(new LockedDiskInUse { OperationId = operationId, VmId = vm.Id, Status = vm.Status, Violation = DiskRules.VmNotDown([vm]) }, cancellationToken);
    }

    private async Task ReplacePluggedAsync(VmStatusReported report, CancellationToken cancellationToken)
    {
        db.VmDisks.RemoveRange(await db.VmDisks.Where(p => p.VmId == report.VmId).ToListAsync(cancellationToken));
        db.VmDisks.AddRange((report.DiskIds ?? []).Distinct().Select(id => new VmDisk { VmId = report.VmId, DiskId = id }));
        db.VmDisks.AddRange((report.Volumes ?? []).Distinct().Select(v => new VmDisk { VmId = report.VmId, StorageDomain = v.StorageDomain, Path = v.Path }));
    }

    private Task<List<Guid>> PluggedAsync(Guid vmId, CancellationToken cancellationToken) =>
        db.Disks
            .Where(d => db.VmDisks.Any(p => p.VmId == vmId && (p.DiskId == d.Id || (p.StorageDomain == d.StorageDomain && p.Path == d.Path))))
            .Select(d => d.Id).ToListAsync(cancellationToken);

    internal sealed class Definition() : PublicInputDefinition<VmStatusReportedConsumer>("vm-status-reported");
}
