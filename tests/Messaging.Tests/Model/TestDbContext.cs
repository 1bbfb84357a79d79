using Microsoft.EntityFrameworkCore;

namespace Sparsify.Messaging.Tests.Model;

public sealed class TestDbContext(DbContextOptions<TestDbContext> options) : MessagingDbContext(options)
{
    public const string Schema = "test";

    public DbSet<Entry> Entries => Set<Entry>();

    public DbSet<Counter> Counters => Set<Counter>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        modelBuilder.Entity<Entry>().ToTable("entries").Property(e => e.Id).ValueGeneratedOnAdd();
        modelBuilder.Entity<Counter>(counter =>
        {
            counter.ToTable("counters").HasKey(c => c.CorrelationId);
            counter.Property(c => c.CorrelationId).ValueGeneratedNever();
            counter.Property(c => c.Version).IsConcurrencyToken();
        });
    }
}

public sealed class Entry
{
    public long Id { get; init; }

    public Guid Account { get; init; }

    public int Amount { get; init; }
}
