using Microsoft.EntityFrameworkCore;
using Sparsify.Contracts;
using Sparsify.Messaging;

namespace Sparsify.Api.ReadModel;

/// <summary>The read model: what the events of the other services add up to.</summary>
public sealed class ApiDbContext(DbContextOptions<ApiDbContext> options) : MessagingDbContext(options)
{
    /// <summary>The schema's name.</summary>
    public const string Schema = "api";

    public DbSet<DiskRow> Disks => Set<DiskRow>();

    public DbSet<OperationRow> Operations => Set<OperationRow>();

    public DbSet<HostRow> Hosts => Set<HostRow>();

    public DbSet<StorageDomainRow> StorageDomains => Set<StorageDomainRow>();

    public DbSet<AlertRow> Alerts => Set<AlertRow>();

    public DbSet<MeasurementRow> Measurements => Set<MeasurementRow>();

    public DbSet<PolicyRow> Policies => Set<PolicyRow>();

    public DbSet<PolicyRunRow> PolicyRuns => Set<PolicyRunRow>();

    /// <summary>Those that last.</summary>
    public IQueryable<AlertRow> OpenAlerts => Alerts.AsNoTracking().Where(a => a.ClearedAt == null);

    /// <inheritdoc />
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);
        configurationBuilder.Properties<OperationState>().HaveConversion<string>();
    }

    /// <inheritdoc />
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        modelBuilder.Entity<DiskRow>(disk =>
        {
            disk.ToTable("disks");
            disk.HasIndex(d => d.SortKey);
            disk.HasIndex(d => new { d.StorageDomain, d.SortKey });
            disk.HasIndex(d => new { d.Eligible, d.SortKey });
            disk.HasIndex(d => d.RemovedAt);
            disk.HasIndex(d => d.ReclaimableKey);
            disk.Property(d => d.Revision).IsConcurrencyToken();
            disk.Property(d => d.Snapshot).AsJson();
        });
        modelBuilder.Entity<OperationRow>(operation =>
        {
            operation.ToTable("operations");
            operation.HasIndex(o => o.SortKey);
            operation.HasIndex(o => new { o.DiskId, o.SortKey });
            operation.HasIndex(o => new { o.State, o.SortKey });
            operation.HasIndex(o => o.FinishedAt);
            operation.Property(o => o.Revision).IsConcurrencyToken();
            operation.Property(o => o.ProgressSequence).IsConcurrencyToken();
            operation.Property(o => o.Snapshot).AsJson();
            operation.Ignore(o => o.Mark);
        });
        modelBuilder.Entity<AlertRow>(alert =>
        {
            alert.ToTable("alerts");
            alert.HasIndex(a => a.SortKey);
            alert.HasIndex(a => a.ClearedAt);
            alert.HasIndex(a => new { a.DiskId, a.ClearedAt });
            alert.Property(a => a.Revision).IsConcurrencyToken();
            alert.Property(a => a.Reason).HasConversion<string>();
            alert.Property(a => a.Snapshot).AsJson();
        });
        modelBuilder.Entity<MeasurementRow>(measurement =>
        {
            measurement.ToTable("measurements");
            measurement.HasKey(m => new { m.DiskId, m.Day });
            measurement.HasIndex(m => m.Day);
        });
        modelBuilder.Entity<HostRow>(host =>
        {
            host.ToTable("hosts");
            host.HasKey(h => h.Name);
            host.Property(h => h.Heartbeat).AsJson();
        });
        modelBuilder.Entity<StorageDomainRow>(domain =>
        {
            domain.ToTable("storage_domains");
            domain.HasKey(d => d.Name);
            domain.Property(d => d.Revision).IsConcurrencyToken();
            domain.Property(d => d.Snapshot).AsJson();
        });
        MapPolicies(modelBuilder);
    }

    private static void MapPolicies(ModelBuilder model)
    {
        model.Entity<PolicyRow>(policy =>
        {
            policy.ToTable("policies");
            policy.Property(p => p.Id).ValueGeneratedNever();
            policy.HasIndex(p => p.SortKey);
            policy.HasIndex(p => p.RemovedAt);
            policy.Property(p => p.Revision).IsConcurrencyToken();
            policy.Property(p => p.Snapshot).AsJson();
        });
        model.Entity<PolicyRunRow>(run =>
        {
            run.ToTable("policy_runs");
            run.Property(r => r.Id).ValueGeneratedNever();
            run.HasIndex(r => new { r.PolicyId, r.SortKey });
            run.HasIndex(r => r.EndedAt);
            run.Property(r => r.Revision).IsConcurrencyToken();
            run.Property(r => r.Snapshot).AsJson();
        });
    }
}
