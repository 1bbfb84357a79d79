using MassTransit;
using Microsoft.EntityFrameworkCore;
using Sparsify.Contracts;
using Sparsify.Messaging;
using Sparsify.Orchestrator.Eligibility;
using Sparsify.Orchestrator.Inventory;
using Sparsify.Orchestrator.Storage;

namespace Sparsify.Orchestrator.Ingress;

/// <summary>Keeps the state of a VM and which disks are plugged into it.</summary>
internal sealed class VmStatusReportedConsumer(OrchestratorDbContext db, DiskChanges changes, TimeProvider time) : IConsumer<VmStatusReported>
{
    // From the VM to its disks, by id and by place: each way has its index, and «or» would have none.
    private static readonly KnownQuery<Func<OrchestratorDbContext, Guid, IAsyncEnumerable<Guid>>> PluggedInto = new(() => EF.CompileAsyncQuery(
        (OrchestratorDbContext db, Guid vmId) => db.VmDisks.Where(p => p.VmId == vmId).Join(db.Disks, p => p.DiskId, d => d.Id, (_, d) => d.Id)
            .Union(db.VmDisks.Where(p => p.VmId == vmId).Join(db.Disks, p => new { p.StorageDomain, p.Path }, d => new { StorageDomain = (string?)d.StorageDomain, Path = (string?)d.Path }, (_, d) => d.Id))));

    public async Task Consume(ConsumeContext<VmStatusReported> context)
    {
        var report = context.Message;
        InputRules.Check(report);
        var cancellationToken = context.CancellationToken;
        await db.SerialiseAsync(cancellationToken, $"vm {report.VmId}");
        var vm = await db.VirtualMachines.SingleOrDefaultAsync(v => v.Id == report.VmId, cancellationToken);
        var reportedAt = report.ReportedAt.NotAhead(time);
        if (vm is not null && reportedAt < vm.ReportedAt)
            return;
        vm ??= db.VirtualMachines.Add(new VirtualMachine { Id = report.VmId }).Entity;
        var plugs = await db.VmDisks.Where(p => p.VmId == vm.Id).ToListAsync(cancellationToken);
        await db.SerialiseAsync(cancellationToken, NamesOf(plugs, report));
        var before = await PluggedInto.For(db)(db, vm.Id).ToListAsync(cancellationToken);
        List<string> tags = report.Tags is null ? vm.Tags : [.. report.Tags.Distinct().Order(StringComparer.Ordinal)];
        var stateChanged = vm.Status != report.Status || vm.Name != report.Name || !vm.Tags.SequenceEqual(tags);
        (vm.Name, vm.Status, vm.Tags, vm.ReportedAt) = (report.Name, report.Status, tags, reportedAt);
        if (report.DiskIds is not null || report.Volumes is not null)
            Replace(plugs, report);
        await db.SaveChangesAsync(cancellationToken);

        var after = await PluggedInto.For(db)(db, vm.Id).ToListAsync(cancellationToken);
        var touched = stateChanged ? before.Union(after) : before.Except(after).Union(after.Except(before));
        await changes.PublishAsync(context, touched, cancellationToken);
        if (vm.Status != VmStatus.Down)
            await TellOperationsAsync(context, vm, cancellationToken);
    }

    /// <summary>Operations that hold one of its disks, known or not: those that wait end, those that run show it.</summary>
    private async Task TellOperationsAsync(ConsumeContext context, VirtualMachine vm, CancellationToken cancellationToken)
    {
        var plugged = db.VmDisks.Where(p => p.VmId == vm.Id);
        var holders = await plugged.Join(db.DiskLocks, p => p.DiskId, l => l.DiskId, (_, l) => l.OperationId)
            .Union(plugged.Join(db.DiskLocks, p => new { p.StorageDomain, p.Path }, l => new { StorageDomain = (string?)l.StorageDomain, Path = (string?)l.Path }, (_, l) => l.OperationId))
            .ToListAsync(cancellationToken);
        foreach (var operationId in holders)
            await context.Publish(new LockedDiskInUse { OperationId = operationId, VmId = vm.Id, Status = vm.Status, Violation = DiskRules.VmNotDown([vm]) }, cancellationToken);
    }

    /// <summary>
    /// As a disk's report takes them: of a disk that is first reported at this moment neither report would see the other,
    /// and nobody would be told of both.
    /// </summary>
    private static IEnumerable<string> NamesOf(IEnumerable<VmDisk> plugs, VmStatusReported report)
    {
        var volumes = plugs.Where(p => p.Path is not null).Select(p => $"volume {p.StorageDomain}/{p.Path}").Union((report.Volumes ?? []).Select(v => $"volume {v.StorageDomain}/{v.Path}"));
        var disks = plugs.Where(p => p.DiskId is not null).Select(p => $"disk {p.DiskId}").Union((report.DiskIds ?? []).Select(id => $"disk {id}"));
        return [.. volumes.Order(StringComparer.Ordinal), .. disks.Order(StringComparer.Ordinal)];
    }

    private void Replace(IEnumerable<VmDisk> plugs, VmStatusReported report)
    {
        db.VmDisks.RemoveRange(plugs);
        db.VmDisks.AddRange((report.DiskIds ?? []).Distinct().Select(id => new VmDisk { VmId = report.VmId, DiskId = id }));
        db.VmDisks.AddRange((report.Volumes ?? []).Distinct().Select(v => new VmDisk { VmId = report.VmId, StorageDomain = v.StorageDomain, Path = v.Path }));
    }

    internal sealed class Definition() : PublicInputDefinition<VmStatusReportedConsumer>("vm-status-reported");
}
