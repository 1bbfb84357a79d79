using MassTransit;
using Microsoft.EntityFrameworkCore;
using Sparsify.Contracts;
using Sparsify.Messaging;
using Sparsify.Orchestrator.Eligibility;
using Sparsify.Orchestrator.Inventory;
using Sparsify.Orchestrator.Storage;

namespace Sparsify.Orchestrator.Ingress;

/// <summary>Keeps what is known of a disk. A volume has one disk: the upstream system's id wins over a host's.</summary>
internal sealed class DiskReportedConsumer(OrchestratorDbContext db, DiskFactsReader facts, DiskChanges changes, TimeProvider time, ILogger<DiskReportedConsumer> logger)
    : IConsumer<DiskReported>
{
    public async Task Consume(ConsumeContext<DiskReported> context)
    {
        var told = context.Message;
        InputRules.Check(told);
        var report = told with
        {
            ReportedAt = told.ReportedAt.NotAhead(time),
            Measurement = told.Measurement is { } measurement ? measurement with { MeasuredAt = measurement.MeasuredAt.NotAhead(time) } : null,
        };
        await db.SerialiseAsync(context.CancellationToken, $"volume {report.StorageDomain}/{report.Path}", $"disk {report.DiskId}");
        var disk = report.Source == ReportSource.Host ? await FindForHostAsync(report, context.CancellationToken) : await FindForUpstreamAsync(context);
        if (disk is null || IsOutdated(disk, report))
            return;
        Apply(disk, report);
        var tells = db.Entry(disk) is { State: EntityState.Added }
            || db.Entry(disk).Properties.Any(p => p.IsModified && p.Metadata.Name is not (nameof(Disk.HostReportedAt) or nameof(Disk.UpstreamReportedAt)));
        await db.SaveChangesAsync(context.CancellationToken);
        if (tells)
            await changes.PublishAsync(context, disk.Id, context.CancellationToken);
    }

    private async Task<Disk?> FindForHostAsync(DiskReported report, CancellationToken cancellationToken) =>
        await db.Disks.SingleOrDefaultAsync(d => d.StorageDomain == report.StorageDomain && d.Path == report.Path, cancellationToken)
        ?? await db.Disks.SingleOrDefaultAsync(d => d.Id == report.DiskId, cancellationToken)
        ?? Found(report.DiskId);

    private async Task<Disk?> FindForUpstreamAsync(ConsumeContext<DiskReported> context)
    {
        var report = context.Message;
        var there = await db.Disks.SingleOrDefaultAsync(d => d.StorageDomain == report.StorageDomain && d.Path == report.Path, context.CancellationToken);
        if (there is null || there.Id == report.DiskId)
            return there ?? await db.Disks.SingleOrDefaultAsync(d => d.Id == report.DiskId, context.CancellationToken) ?? Found(report.DiskId);
        if (there.KnownUpstream)
            throw new InvalidInputException("path", $"disk {there.Id} is already reported at {report.StorageDomain}/{report.Path}; report its removal first.");
        return await AdoptAsync(there.Id, context);
    }

    /// <summary>One that was removed and is found again counts on above what it had, so that readers can tell late events from news.</summary>
    private Disk Found(Guid diskId) => db.Disks.Add(new Disk { Id = diskId, Revision = time.GetUtcNow().ToUnixTimeMilliseconds() }).Entity;

    /// <summary>A host found the volume first and made an id up; from now on the disk has its real one.</summary>
    private async Task<Disk?> AdoptAsync(Guid foundId, ConsumeContext<DiskReported> context)
    {
        // A disk that was moved here is known from its former place.
        var moved = await db.Disks.SingleOrDefaultAsync(d => d.Id == context.Message.DiskId, context.CancellationToken);
        if (moved is not null && IsOutdated(moved, context.Message))
            return null;
        if (await facts.HoldAsync(foundId, context.CancellationToken) is not { } held)
            return moved ?? Found(context.Message.DiskId);
        if (held.LockedBy is { } operationId)
        {
            logger.LogWarning("Disk {DiskId} keeps its id for now: operation {OperationId} holds it. The next report gives it the id {NewId}.", foundId, operationId, context.Message.DiskId);
            return null;
        }

        await changes.RemoveAsync(context, held, context.CancellationToken);
        var (disk, found) = (moved ?? Found(context.Message.DiskId), held.Disk);
        disk.ChainLength = found.ChainLength;
        disk.DerivedDisks = found.DerivedDisks;
        disk.InternalSnapshots = found.InternalSnapshots;
        disk.Qcow2Version = found.Qcow2Version;
        disk.Encrypted = found.Encrypted;
        disk.VolumeGroupIncomplete = found.VolumeGroupIncomplete;
        disk.Measurement = found.Measurement;
        disk.Allocation = found.Allocation;
        disk.HostReportedAt = found.HostReportedAt;
        return disk;
    }

    private static bool IsOutdated(Disk disk, DiskReported report) =>
        report.ReportedAt < (report.Source == ReportSource.Host ? disk.HostReportedAt : disk.UpstreamReportedAt);

    private static void Apply(Disk disk, DiskReported report)
    {
        if (report.Source == ReportSource.Upstream)
        {
            disk.KnownUpstream = true;
            disk.UpstreamReportedAt = report.ReportedAt;
            disk.Name = report.Name;
        }
        else
        {
            disk.HostReportedAt = report.ReportedAt;
            if (!disk.KnownUpstream)
                disk.Name = report.Name;
        }

        disk.StorageDomain = report.StorageDomain;
        disk.Path = report.Path;
        disk.Format = report.Format;
        disk.FormatName = report.FormatName ?? disk.FormatName;
        disk.VirtualSize = report.VirtualSize;
        disk.ActualSize = report.ActualSize;
        disk.Allocation = report.Allocation ?? disk.Allocation;
        disk.Kind = report.Kind ?? disk.Kind;
        disk.ChainLength = report.ChainLength ?? disk.ChainLength;
        disk.DerivedDisks = report.DerivedDisks ?? disk.DerivedDisks;
        disk.InternalSnapshots = report.InternalSnapshots ?? disk.InternalSnapshots;
        disk.Qcow2Version = report.Qcow2Version ?? disk.Qcow2Version;
        disk.Encrypted = report.Encrypted ?? disk.Encrypted;
        disk.VolumeGroupIncomplete = report.VolumeGroupIncomplete ?? disk.VolumeGroupIncomplete;
        disk.Measurement = Newer(report.Measurement, disk.Measurement);
        disk.Illegal = report.Illegal ?? disk.Illegal;
        disk.WipeAfterDelete = report.WipeAfterDelete ?? disk.WipeAfterDelete;
    }

    private static VolumeMeasurement? Newer(VolumeMeasurement? reported, VolumeMeasurement? known) =>
        reported is null || known?.MeasuredAt > reported.MeasuredAt ? known : reported;

    internal sealed class Definition() : PublicInputDefinition<DiskReportedConsumer>("disk-reported");
}
