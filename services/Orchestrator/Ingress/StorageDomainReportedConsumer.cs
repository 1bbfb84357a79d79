using MassTransit;
using Microsoft.EntityFrameworkCore;
using Sparsify.Contracts;
using Sparsify.Messaging;
using Sparsify.Orchestrator.Inventory;
using Sparsify.Orchestrator.Storage;

namespace Sparsify.Orchestrator.Ingress;

/// <summary>Keeps what is known of a storage domain; a change of what it can do may change all its disks' eligibility.</summary>
internal sealed class StorageDomainReportedConsumer(OrchestratorDbContext db, DiskChanges changes, TimeProvider time) : IConsumer<StorageDomainReported>
{
    public async Task Consume(ConsumeContext<StorageDomainReported> context)
    {
        var report = context.Message;
        InputRules.Check(report);
        var cancellationToken = context.CancellationToken;
        await db.SerialiseAsync(cancellationToken, $"domain {report.Name}");
        var domain = await db.StorageDomains.SingleOrDefaultAsync(d => d.Name == report.Name, cancellationToken);
        var reportedAt = report.ReportedAt.NotAhead(time);
        if (domain is not null && reportedAt < domain.ReportedAt)
            return;
        domain ??= db.StorageDomains.Add(new StorageDomain { Name = report.Name }).Entity;
        var before = Capabilities(domain);
        domain.Kind = report.Kind;
        domain.FileSystem = report.FileSystem ?? domain.FileSystem;
        domain.NfsVersion = report.NfsVersion ?? domain.NfsVersion;
        domain.NfsUtilsTooOld = report.NfsUtilsTooOld ?? domain.NfsUtilsTooOld;
        domain.SupportsDiscard = report.SupportsDiscard ?? domain.SupportsDiscard;
        domain.ZeroesAfterUnmap = report.ZeroesAfterUnmap ?? domain.ZeroesAfterUnmap;
        domain.Capacity = report.Capacity ?? domain.Capacity;
        domain.Available = report.Available ?? domain.Available;
        domain.ReportedAt = reportedAt;
        domain.Revision++;
        await db.SaveChangesAsync(cancellationToken);

        await context.Publish(Describe(domain), cancellationToken);
        if (Capabilities(domain) != before)
            await changes.PublishAsync(context, await db.Disks.Where(d => d.StorageDomain == domain.Name).Select(d => d.Id).ToListAsync(cancellationToken), cancellationToken);
    }

    private static (StorageKind, string?, string?, bool, bool?, bool?) Capabilities(StorageDomain domain) =>
        (domain.Kind, domain.FileSystem, domain.NfsVersion, domain.NfsUtilsTooOld, domain.SupportsDiscard, domain.ZeroesAfterUnmap);

    private static StorageDomainChanged Describe(StorageDomain domain) => new()
    {
        Name = domain.Name,
        Revision = domain.Revision,
        Kind = domain.Kind,
        FileSystem = domain.FileSystem,
        NfsVersion = domain.NfsVersion,
        SupportsDiscard = domain.SupportsDiscard,
        Capacity = domain.Capacity,
        Available = domain.Available,
        ReportedAt = domain.ReportedAt,
    };

    internal sealed class Definition() : PublicInputDefinition<StorageDomainReportedConsumer>("storage-domain-reported");
}
