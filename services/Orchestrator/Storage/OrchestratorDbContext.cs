using Microsoft.EntityFrameworkCore;
using Sparsify.Contracts;
using Sparsify.Messaging;
using Sparsify.Orchestrator.Inventory;
using Sparsify.Orchestrator.Jobs;
using Sparsify.Orchestrator.Operations;
using Host = Sparsify.Orchestrator.Inventory.Host;

namespace Sparsify.Orchestrator.Storage;

/// <summary>The Orchestrator's tables: disk facts, locks, operations, volume jobs and leases.</summary>
public sealed class OrchestratorDbContext(DbContextOptions<OrchestratorDbContext> options) : MessagingDbContext(options)
{
    /// <summary>The schema's name.</summary>
    public const string Schema = "orchestrator";

    public DbSet<Disk> Disks => Set<Disk>();

    public DbSet<RemovedDisk> RemovedDisks => Set<RemovedDisk>();

    public DbSet<VirtualMachine> VirtualMachines => Set<VirtualMachine>();

    public DbSet<VmDisk> VmDisks => Set<VmDisk>();

    public DbSet<StorageDomain> StorageDomains => Set<StorageDomain>();

    public DbSet<Host> Hosts => Set<Host>();

    public DbSet<DiskLock> DiskLocks => Set<DiskLock>();

    public DbSet<Operation> Operations => Set<Operation>();

    public DbSet<EarlyCancel> EarlyCancels => Set<EarlyCancel>();

    public DbSet<VolumeJob> VolumeJobs => Set<VolumeJob>();

    public DbSet<Lease> Leases => Set<Lease>();

    public DbSet<JobAttempt> JobAttempts => Set<JobAttempt>();

    /// <inheritdoc />
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);
        configurationBuilder.Properties<VolumeFormat>().HaveConversion<string>();
        configurationBuilder.Properties<VolumeAllocation>().HaveConversion<string>();
        configurationBuilder.Properties<DiskKind>().HaveConversion<string>();
        configurationBuilder.Properties<StorageKind>().HaveConversion<string>();
        configurationBuilder.Properties<VmStatus>().HaveConversion<string>();
        configurationBuilder.Properties<OperationTrigger>().HaveConversion<string>();
        configurationBuilder.Properties<RunOutcome>().HaveConversion<string>();
        configurationBuilder.Properties<FailureKind>().HaveConversion<string>();
        configurationBuilder.Properties<AttemptKind>().HaveConversion<string>();
        configurationBuilder.Properties<VolumeJobStatus>().HaveConversion<string>();
        // Priorities stay numbers: jobs are claimed in their order.
    }

    /// <inheritdoc />
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        MapInventory(modelBuilder);
        MapOperations(modelBuilder);
        MapJobs(modelBuilder);
    }

    private static void MapInventory(ModelBuilder model)
    {
        model.Entity<Disk>(disk =>
        {
            disk.ToTable("disks");
            disk.Property(d => d.Id).ValueGeneratedNever();
            disk.Property(d => d.Measurement).AsJson();
            disk.HasIndex(d => new { d.StorageDomain, d.Path }).IsUnique();
        });
        model.Entity<RemovedDisk>(mark =>
        {
            mark.ToTable("removed_disks");
            mark.Property(m => m.Id).ValueGeneratedNever();
            mark.HasIndex(m => m.ForgottenAt);
        });
        model.Entity<VirtualMachine>(vm =>
        {
            vm.ToTable("virtual_machines");
            vm.Property(v => v.Id).ValueGeneratedNever();
            vm.Property(v => v.Tags).AsJson();
            vm.HasIndex(v => v.ReportedAt);
        });
        model.Entity<VmDisk>(plugged =>
        {
            plugged.ToTable("vm_disks");
            plugged.Property(p => p.Id).ValueGeneratedOnAdd();
            plugged.HasIndex(p => p.VmId);
            plugged.HasIndex(p => p.DiskId);
            plugged.HasIndex(p => new { p.StorageDomain, p.Path });
        });
        model.Entity<StorageDomain>(domain =>
        {
            domain.ToTable("storage_domains");
            domain.HasKey(d => d.Name);
        });
        model.Entity<Host>(host =>
        {
            host.ToTable("hosts");
            host.HasKey(h => h.Name);
            host.Property(h => h.StorageDomains).AsJson();
        });
        model.Entity<DiskLock>(held =>
        {
            held.ToTable("disk_locks");
            held.HasKey(l => l.DiskId);
            held.HasIndex(l => new { l.StorageDomain, l.Path }).IsUnique();
            held.HasIndex(l => l.OperationId).IsUnique();
        });
    }

    private static void MapOperations(ModelBuilder model)
    {
        model.Entity<Operation>(operation =>
        {
            operation.ToTable("operations");
            operation.HasKey(o => o.CorrelationId);
            operation.Property(o => o.CorrelationId).HasColumnName("Id").ValueGeneratedNever();
            operation.Property(o => o.Version).IsConcurrencyToken();
            operation.Property(o => o.Priority).HasConversion<int>();
            operation.Property(o => o.Warnings).AsJson();
            operation.Property(o => o.Violations).AsJson();
            operation.Property(o => o.Error).AsJson();
            operation.Property(o => o.Policy).AsJson();
            operation.HasIndex(o => o.DiskId);
            operation.HasIndex(o => o.FinishedAt);
        });
        model.Entity<EarlyCancel>(cancel =>
        {
            cancel.ToTable("early_cancels");
            cancel.HasKey(c => c.OperationId);
            cancel.Property(c => c.OperationId).ValueGeneratedNever();
            cancel.HasIndex(c => c.AskedAt);
        });
    }

    private static void MapJobs(ModelBuilder model)
    {
        model.Entity<VolumeJob>(job =>
        {
            job.ToTable("volume_jobs");
            job.HasKey(j => j.OperationId);
            job.Property(j => j.OperationId).ValueGeneratedNever();
            job.Property(j => j.Priority).HasConversion<int>();
            job.Property(j => j.FailedHosts).AsJson();
            // In the order in which they are claimed.
            job.HasIndex(j => new { j.Status, j.StorageDomain, j.Priority, j.QueuedAt }).IsDescending(false, false, true, false);
        });
        model.Entity<Lease>(lease =>
        {
            lease.ToTable("leases");
            lease.HasKey(l => l.DiskId);
            lease.Property(l => l.DiskId).ValueGeneratedNever();
            lease.HasIndex(l => l.OperationId).IsUnique();
            lease.HasIndex(l => l.Host);
            // In ticks: SQLite has no type for it, and the row is inserted by hand.
            lease.Property(l => l.Duration).HasConversion<long>();
        });
        model.Entity<JobAttempt>(attempt =>
        {
            attempt.ToTable("job_attempts");
            attempt.HasKey(a => new { a.OperationId, a.Number });
            attempt.Property(a => a.VitalBytes).AsJson();
            attempt.Property(a => a.Repairs).AsJson();
        });
    }
}
