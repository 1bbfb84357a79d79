using Microsoft.EntityFrameworkCore;
using Sparsify.Messaging;
using Sparsify.Scanner.Alerts;
using Sparsify.Scanner.Fleet;
using Sparsify.Scanner.Policies.Runs;
using Sparsify.Scanner.Policies.Storing;
using Sparsify.Scanner.Policies.Triggers;
using Sparsify.Scanner.WebHooks;

namespace Sparsify.Scanner.Storage;

/// <summary>The Scanner's tables: what it knows of the disks, its alerts and what is on its way to web hooks, and policies with their runs.</summary>
public sealed class ScannerDbContext(DbContextOptions<ScannerDbContext> options) : MessagingDbContext(options)
{
    /// <summary>The schema's name.</summary>
    public const string Schema = "scanner";

    public DbSet<ScannedDisk> Disks => Set<ScannedDisk>();

    public DbSet<Alert> Alerts => Set<Alert>();

    public DbSet<WebHookDelivery> WebHookDeliveries => Set<WebHookDelivery>();

    public DbSet<StoredPolicy> Policies => Set<StoredPolicy>();

    public DbSet<PolicyEventRow> PolicyEvents => Set<PolicyEventRow>();

    public DbSet<PolicyRun> PolicyRuns => Set<PolicyRun>();

    public DbSet<RunDisk> RunDisks => Set<RunDisk>();

    /// <summary>The alert of a disk that lasts; null when there is none.</summary>
    public Task<Alert?> OpenAlertAsync(Guid diskId, CancellationToken cancellationToken) => Alerts.SingleOrDefaultAsync(a => a.OpenDiskId == diskId, cancellationToken);

    /// <inheritdoc />
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        modelBuilder.Entity<ScannedDisk>(disk =>
        {
            disk.ToTable("disks");
            disk.Property(d => d.Id).ValueGeneratedNever();
            disk.HasIndex(d => d.RemovedAt);
            disk.HasIndex(d => d.MeasureDueAt);
            disk.HasIndex(d => new { d.StorageDomain, d.MeasureDueAt });
            disk.HasIndex(d => new { d.StorageDomain, d.AskedAt }).HasFilter("asked_at IS NOT NULL");
            disk.Property(d => d.Revision).IsConcurrencyToken();
            disk.Property(d => d.Snapshot).AsJson();
            disk.Ignore(d => d.Measurement).Ignore(d => d.KnownStamp).Ignore(d => d.IsMeasuredAfterRun);
        });
        modelBuilder.Entity<Alert>(alert =>
        {
            alert.ToTable("alerts");
            alert.Property(a => a.Id).ValueGeneratedNever();
            alert.HasIndex(a => a.OpenDiskId).IsUnique();
            alert.HasIndex(a => a.ClearedAt);
            alert.HasIndex(a => a.SaidAt).HasFilter("open_disk_id IS NOT NULL");
            alert.Property(a => a.Revision).IsConcurrencyToken();
            alert.Property(a => a.Reason).HasConversion<string>();
        });
        modelBuilder.Entity<WebHookDelivery>(delivery =>
        {
            delivery.ToTable("web_hook_deliveries");
            delivery.Property(d => d.Id).ValueGeneratedOnAdd();
            delivery.HasIndex(d => new { d.Hook, d.DueAt }).HasFilter("died_at IS NULL");
            delivery.HasIndex(d => new { d.Hook, d.DiskId, d.Id }).HasFilter("died_at IS NULL");
            delivery.HasIndex(d => d.DiedAt);
            delivery.HasIndex(d => d.CreatedAt);
            delivery.Property(d => d.Attempts).IsConcurrencyToken();
        });
        MapPolicies(modelBuilder);
    }

    private static void MapPolicies(ModelBuilder model)
    {
        model.Entity<StoredPolicy>(policy =>
        {
            policy.ToTable("policies");
            policy.Property(p => p.Id).ValueGeneratedNever();
            policy.HasIndex(p => p.Name).IsUnique();
            policy.HasIndex(p => p.NextRunAt);
            policy.Property(p => p.Revision).IsConcurrencyToken();
            policy.Property(p => p.Rule).AsJson();
        });
        model.Entity<PolicyEventRow>(happened =>
        {
            happened.ToTable("policy_events");
            happened.HasKey(e => new { e.PolicyId, e.DiskId });
            happened.Property(e => e.Event).HasConversion<string>();
        });
        model.Entity<PolicyRun>(run =>
        {
            run.ToTable("policy_runs");
            run.Property(r => r.Id).ValueGeneratedNever();
            run.HasIndex(r => new { r.PolicyId, r.ScheduledAt }).IsUnique();
            run.HasIndex(r => new { r.State, r.PolicyId });
            run.HasIndex(r => r.EndedAt);
            run.Property(r => r.Revision).IsConcurrencyToken();
            run.Property(r => r.Cause).HasConversion<string>();
            run.Property(r => r.State).HasConversion<string>();
            run.Property(r => r.Rule).AsJson();
        });
        model.Entity<RunDisk>(disk =>
        {
            disk.ToTable("policy_run_disks");
            disk.HasKey(d => new { d.RunId, d.Position });
            disk.HasIndex(d => d.OperationId).IsUnique();
            disk.Property(d => d.Turn).HasConversion<string>();
            disk.Property(d => d.Line).AsJson();
        });
    }
}
