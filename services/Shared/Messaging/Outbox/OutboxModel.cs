using Microsoft.EntityFrameworkCore;

namespace Sparsify.Messaging;

/// <summary>The tables of the transactional outbox and inbox.</summary>
public static class OutboxModel
{
    /// <summary>Adds the inbox and the outbox to a model.</summary>
    public static void AddTransactionalOutboxEntities(this ModelBuilder modelBuilder)
    {
        ArgumentNullException.ThrowIfNull(modelBuilder);
        modelBuilder.Entity<InboxEntry>(inbox =>
        {
            inbox.ToTable("inbox");
            inbox.HasKey(e => new { e.MessageId, e.ConsumerId });
            inbox.HasIndex(e => e.ConsumedAt);
        });
        modelBuilder.Entity<OutboxMessage>(outbox =>
        {
            outbox.ToTable("outbox");
            outbox.HasKey(e => e.Id);
            outbox.Property(e => e.Id).ValueGeneratedOnAdd();
            outbox.Ignore(e => e.DestinationAddress);
            outbox.HasIndex(e => new { e.SentAt, e.CreatedAt });
        });
    }
}
