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
        // A storage domain that is first reported at this moment, and the disk, would neither see the other.
        await db.ShareAsync($"domain {report.StorageDomain}", context.CancellationToken);
        await db.SerialiseAsync(context.CancellationToken, $"volume {report.StorageDomain}/{report.Path}", $"disk {report.DiskId}");
        var disk = report.Source == ReportSource.Host ? await FindForHostAsync(report, context.CancellationToken) : await FindForUpstreamAsync(context, report);
        if (disk is null || disk.IsReportedAfter(report.Source, report.ReportedAt))
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
        ?? await FindByIdAsync(report, cancellationToken);

    private async Task<Disk?> FindForUpstreamAsync(ConsumeContext<DiskReported> context, DiskReported report)
    {
        var there = await db.Disks.SingleOrDefaultAsync(d => d.StorageDomain == report.StorageDomain && d.Path == report.Path, context.CancellationToken);
        if (there is null || there.Id == report.DiskId)
            return there ?? await FindByIdAsync(report, context.CancellationToken);
        if (!there.KnownUpstream || there.UpstreamReportedAt <= report.ReportedAt)
            return await TakeOverAsync(there.Id, context, report);
        logger.LogWarning("A report of disk {DiskId} at {StorageDomain}/{Path} is older than that of disk {Other} there, and changes nothing.", report.DiskId, report.StorageDomain, report.Path, there.Id);
        return null;
    }

    /// <returns>The disk, wherever it was; a new one when it is not known; null when it was removed since the report.</returns>
    private async Task<Disk?> FindByIdAsync(DiskReported report, CancellationToken cancellationToken)
    {
        if (await db.Disks.SingleOrDefaultAsync(d => d.Id == report.DiskId, cancellationToken) is { } known)
            return known;
        var mark = await db.RemovedDisks.SingleOrDefaultAsync(d => d.Id == report.DiskId, cancellationToken);
        return mark?.IsRemovedAfter(report.Source, report.ReportedAt) == true ? null : Found(report.DiskId, mark);
    }

    private Disk Found(Guid diskId, RemovedDisk? mark)
    {
        if (mark is not null)
            db.RemovedDisks.Remove(mark);
        return db.Disks.Add(new Disk { Id = diskId, Revision = Math.Max(time.GetUtcNow().ToUnixTimeMilliseconds(), mark?.Revision ?? 0), Generation = mark?.Generation ?? 0 }).Entity;
    }

    /// <summary>
    /// Gives the place of one disk to another. A host found the volume first and made an id up: from now on the disk has its
    /// real one. Or the disk that was there has gone, and this report has overtaken the word of it: should it only have been
    /// moved, its next report brings it back.
    /// </summary>
    private async Task<Disk?> TakeOverAsync(Guid foundId, ConsumeContext<DiskReported> context, DiskReported report)
    {
        if (await facts.HoldAsync(foundId, context.CancellationToken) is not { } held)
            return await FindByIdAsync(report, context.CancellationToken);
        if (held.LockedBy is { } operationId)
        {
            logger.LogWarning("Disk {DiskId} keeps its id for now: operation {OperationId} holds it. The next report gives it the id {NewId}.", foundId, operationId, report.DiskId);
            return null;
        }

        // A disk that was moved here is known from its former place.
        if (await FindByIdAsync(report, context.CancellationToken) is not { } disk || disk.IsReportedAfter(report.Source, report.ReportedAt))
            return null;
        var mark = await changes.RemoveAsync(context, held, context.CancellationToken);
        var found = held.Disk;
        if (found is { KnownUpstream: true, UpstreamReportedAt: { } last })
        {
            mark.Note(ReportSource.Upstream, last);
            return disk;
        }

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
