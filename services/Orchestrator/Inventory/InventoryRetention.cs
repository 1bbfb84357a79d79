using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Sparsify.Contracts;
using Sparsify.Messaging;
using Sparsify.Orchestrator.Storage;

namespace Sparsify.Orchestrator.Inventory;

/// <summary>Forgets hosts that fell silent long ago, VMs that are down and have had no disk for as long, and the marks of disks that were removed as long ago. A host that a person has drained is remembered: it stays drained.</summary>
internal sealed class InventoryRetention(IServiceScopeFactory scopes, TimeProvider time, IOptions<OrchestratorOptions> options, ILogger<InventoryRetention> logger)
    : RetentionService<OrchestratorDbContext>("hosts, VMs and marks of removed disks", scopes, options.Value.InventoryRetention, options.Value.RetentionInterval, time, logger)
{
    protected override async Task<int> ForgetAsync(OrchestratorDbContext db, DateTimeOffset endedBefore, int atMost, CancellationToken cancellationToken)
    {
        var silent = db.Hosts.Where(h => h.AliveUntil < endedBefore && !h.Draining);
        var hosts = await silent.OrderBy(h => h.Name).Select(h => h.Name).Take(atMost).ToListAsync(cancellationToken);
        await silent.Where(h => hosts.Contains(h.Name)).ExecuteDeleteAsync(cancellationToken);
        var vms = await db.VirtualMachines.Where(v => v.ReportedAt < endedBefore && v.Status == VmStatus.Down && !db.VmDisks.Any(p => p.VmId == v.Id))
            .OrderBy(v => v.Id).Select(v => v.Id).Take(atMost).ToListAsync(cancellationToken);
        await db.VirtualMachines.Where(v => vms.Contains(v.Id)).ExecuteDeleteAsync(cancellationToken);
        var disks = await db.RemovedDisks.Where(d => d.ForgottenAt < endedBefore).OrderBy(d => d.ForgottenAt).Select(d => d.Id).Take(atMost).ToListAsync(cancellationToken);
        await db.RemovedDisks.Where(d => disks.Contains(d.Id)).ExecuteDeleteAsync(cancellationToken);
        return Math.Max(Math.Max(hosts.Count, vms.Count), disks.Count);
    }
}
