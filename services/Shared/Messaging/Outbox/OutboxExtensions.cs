namespace Sparsify.Messaging;

/// <summary>Short ways to use an outbox.</summary>
public static class OutboxExtensions
{
    /// <summary>Publishes one message in a transaction of its own: once this returns it will not be lost.</summary>
    public static async Task PublishAloneAsync<TDbContext, T>(this IOutbox<TDbContext> outbox, TDbContext db, T message, CancellationToken cancellationToken)
        where TDbContext : MessagingDbContext
        where T : class
    {
        ArgumentNullException.ThrowIfNull(outbox);
        ArgumentNullException.ThrowIfNull(db);
        await using var transaction = await db.BeginWriteAsync(cancellationToken);
        await outbox.Publish(message, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
    }
}
