using Microsoft.EntityFrameworkCore;

namespace Sparsify.Messaging;

/// <summary>Opens write transactions.</summary>
public static class WriteTransactionExtensions
{
    /// <summary>
    /// Waits until no other transaction holds the same names, so that a look and the write that follows from it are
    /// not raced: two first reports of one thing would both insert it. Ends with the transaction. Names are taken in
    /// the order given; callers that take several use the same order.
    /// </summary>
    public static async Task SerialiseAsync(this MessagingDbContext db, CancellationToken cancellationToken, params IEnumerable<string> names)
    {
        if (db.IsSqlite)
            return; // one writer at a time anyway
        await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock(hashtext(name)) FROM unnest({names.ToArray()}) AS name", cancellationToken);
    }

    /// <summary>Waits until no other transaction has serialised on a name; several may share it. Ends with the transaction.</summary>
    public static async Task ShareAsync(this MessagingDbContext db, string name, CancellationToken cancellationToken)
    {
        if (!db.IsSqlite)
            await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock_shared(hashtext({name}))", cancellationToken);
    }

    /// <summary>Begins a transaction; on SQLite it first waits, without blocking a thread, until it is the only writer.</summary>
    /// <exception cref="InvalidOperationException">The context is in a transaction already.</exception>
    public static Task<WriteTransaction> BeginWriteAsync(this MessagingDbContext db, CancellationToken cancellationToken = default) =>
        db.Database.CurrentTransaction is null
            ? WriteTransaction.BeginAsync(db, cancellationToken)
            : throw new InvalidOperationException($"{db.GetType().Name} is in a transaction already: a consumer's transaction is begun and committed for it.");
}
