using System.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Sparsify.Messaging;

/// <summary>
/// One transaction of one service's tables. Disposing it without <see cref="CommitAsync"/> rolls back, and
/// then no message staged in it ever leaves.
/// </summary>
public sealed class WriteTransaction : IAsyncDisposable
{
    private readonly MessagingDbContext _db;
    private readonly IDbContextTransaction _transaction;
    private readonly IDisposable? _gate;

    private WriteTransaction(MessagingDbContext db, IDbContextTransaction transaction, IDisposable? gate) =>
        (_db, _transaction, _gate) = (db, transaction, gate);

    internal static async Task<WriteTransaction> BeginAsync(MessagingDbContext db, CancellationToken cancellationToken)
    {
        var gate = await WriteGate.EnterAsync(db, cancellationToken);
        try
        {
            // Read committed, with row locks and version columns where it matters: higher levels cost retries (40001).
            return new(db, await db.Database.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken), gate);
        }
        catch
        {
            gate?.Dispose();
            throw;
        }
    }

    /// <summary>Commits, and has the staged messages sent at once.</summary>
    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        await CommitOnlyAsync(cancellationToken);
        if (_db.TakeStaged() is { Count: > 0 } staged)
            _db.Committed?.Invoke(staged);
    }

    /// <summary>Commits and leaves the sending of the staged messages to the caller.</summary>
    internal async Task CommitOnlyAsync(CancellationToken cancellationToken)
    {
        await _transaction.CommitAsync(cancellationToken);
        await _transaction.DisposeAsync();
        _gate?.Dispose();
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        try
        {
            await _transaction.DisposeAsync();
        }
        finally
        {
            _gate?.Dispose();
        }
    }
}
