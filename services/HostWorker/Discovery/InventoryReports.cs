using MassTransit;
using Microsoft.Extensions.Options;
using Sparsify.Contracts;
using Sparsify.HostWorker.Presence;
using Sparsify.HostWorker.Volumes;
using Sparsify.Messaging;

namespace Sparsify.HostWorker.Discovery;

/// <summary>Looks at storage domains, disks and VMs regularly, and reports what has changed; everything now and then.</summary>
internal sealed class InventoryReports(
    IBusControl bus, InventorySignal signal, StorageDomainRoots roots, StorageDomainProbe probe, VolumeDiscovery discovery, LibvirtMachines libvirt, KnownInventory known, IOptions<HostWorkerOptions> options, TimeProvider time, ILogger<InventoryReports> logger)
    : BackgroundService
{
    private static readonly TimeSpan FullReportInterval = TimeSpan.FromMinutes(10);
    private long? _lastFullReport;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await bus.WaitForHealthStatus(BusHealthStatus.Healthy, stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (MassTransitException e)
            {
                _lastFullReport = null;
                logger.LogWarning("What was found cannot be reported now: {Reason}", e.Message);
            }

            if (await signal.WaitAsync(options.Value.DiscoveryInterval, time, stoppingToken))
                _lastFullReport = null;
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        known.Load();
        var full = _lastFullReport is null || time.GetElapsedTime(_lastFullReport.Value) > FullReportInterval;
        if (full)
            _lastFullReport = time.GetTimestamp();
        // VMs first: a disk should not look free before its VM is known.
        var machines = await LookAtMachinesAsync(full, cancellationToken);
        var disks = new List<DiskReported>();
        foreach (var (name, directory) in roots.All)
            disks.AddRange(await LookAtDomainAsync(name, directory, full, cancellationToken));
        known.Keep(disks, machines);
    }

    private async Task<IReadOnlyList<DiskReported>> LookAtDomainAsync(string name, string directory, bool full, CancellationToken cancellationToken)
    {
        var before = known.Disks.Values.Where(d => d.StorageDomain == name).ToList();
        try
        {
            if (roots.WhyAway(name) is { } away)
                throw new UnreachableStorageException(away);
            if (full)
                await bus.TellAsync(probe.Probe(name, directory, options.Value.Name), time, cancellationToken);
            var now = discovery.Look(name, directory);
            if (now.Count > 0)
                roots.NoteSeen(name);
            foreach (var disk in now.Where(d => full || !known.Disks.TryGetValue(d.DiskId, out var old) || old with { ReportedAt = d.ReportedAt } != d))
                await bus.TellAsync(disk, time, cancellationToken);
            foreach (var gone in before.ExceptBy(now.Select(d => d.DiskId), d => d.DiskId))
                await bus.TellAsync(new DiskRemoved { DiskId = gone.DiskId, RemovedAt = time.GetUtcNow(), Source = ReportSource.Host }, time, cancellationToken);
            return now;
        }
        catch (Exception e) when (e is UnreachableStorageException or IOException or UnauthorizedAccessException)
        {
            logger.LogWarning("Storage domain '{StorageDomain}' at '{Directory}' cannot be looked at; what is known of its disks stays: {Reason}", name, directory, e.Message);
            return before;
        }
    }

    private async Task<IReadOnlyList<VmStatusReported>> LookAtMachinesAsync(bool full, CancellationToken cancellationToken)
    {
        if (await libvirt.LookAsync(cancellationToken) is not { } now)
            return [.. known.Machines.Values];
        var kept = now.ToList();
        foreach (var machine in now.Where(m => full || !known.Machines.TryGetValue(m.VmId, out var old) || Differs(old, m)))
            await bus.TellAsync(machine, time, cancellationToken);
        foreach (var gone in known.Machines.Values.ExceptBy(now.Select(m => m.VmId), m => m.VmId))
        {
            // It may run on another host by now: only when nobody has its disks open is it down for certain.
            if (gone.Status != VmStatus.Down && gone.Volumes!.Any(IsInUse))
                kept.Add(gone);
            else
                await bus.TellAsync(gone with { Status = VmStatus.Down, Volumes = [], ReportedAt = time.GetUtcNow() }, time, cancellationToken);
        }

        return kept;
    }

    private bool IsInUse(VolumeReference volume)
    {
        try
        {
            return ImageLock.HolderOf(roots.Resolve(volume.StorageDomain, volume.Path)) is not null;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
        catch (Exception e) when (e is UnreachableStorageException or IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    private static bool Differs(VmStatusReported a, VmStatusReported b) =>
        a.Status != b.Status || a.Name != b.Name || !a.Volumes!.ToHashSet().SetEquals(b.Volumes!);
}
