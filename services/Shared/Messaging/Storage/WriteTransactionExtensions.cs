namespace Sparsify.Messaging;

/// <summary>Opens write transactions.</summary>
public static class WriteTransactionExtensions
{
    /// <summary>Begins a transaction; on SQLite it first waits, without blocking a thread, until it is the only writer.</summary>
    /// <exception cref="InvalidOperationException">The context is in a transaction already.</exception>
    public static Task<WriteTransaction> BeginWriteAsync(this MessagingDbContext db, CancellationToken cancellationToken = default) =>
        db.Database.CurrentTransaction is null
            ? WriteTransaction.BeginAsync(db, cancellationToken)
            : throw new InvalidOperationException($"{db.GetType().Name} is in a transaction already: a consumer's transaction is begun and committed for it.");
}
