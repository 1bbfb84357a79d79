using Microsoft.EntityFrameworkCore;

namespace Sparsify.Messaging;

/// <summary>
/// A service's own tables together with its inbox and outbox, so that state and messages commit as one.
/// Names are snake_case; times are stored as UTC.
/// </summary>
public abstract class MessagingDbContext : DbContext
{
    private readonly List<OutboxMessage> _staged = [];

    /// <summary>Makes one.</summary>
    protected MessagingDbContext(DbContextOptions options)
        : base(options) =>
        // A save that fails ends the whole transaction here: going back to before it would cost two statements a save.
        Database.AutoSavepointsEnabled = false;

    /// <summary>Whether the context runs on SQLite.</summary>
    public bool IsSqlite => Database.ProviderName == "Microsoft.EntityFrameworkCore.Sqlite";

    internal Action<IReadOnlyList<OutboxMessage>>? Committed { get; set; }

    internal void Stage(OutboxMessage message)
    {
        lock (_staged)
        {
            Set<OutboxMessage>().Add(message);
            _staged.Add(message);
        }
    }

    internal IReadOnlyList<OutboxMessage> TakeStaged()
    {
        lock (_staged)
        {
            OutboxMessage[] taken = [.. _staged];
            _staged.Clear();
            return taken;
        }
    }

    /// <inheritdoc />
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        modelBuilder.AddTransactionalOutboxEntities();
    }

    /// <inheritdoc />
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);
        configurationBuilder.Conventions.Add(_ => new SnakeCaseConvention());
        if (IsSqlite)
            configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcTicksConverter>();
        else
            configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcConverter>();
    }
}
