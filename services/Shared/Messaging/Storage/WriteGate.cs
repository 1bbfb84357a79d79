using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;

namespace Sparsify.Messaging;

/// <summary>
/// Lets one writer at a time into a SQLite file. SQLite has a single writer anyway, and its provider waits for
/// it by blocking a thread: with many consumers the thread pool would starve. PostgreSQL needs no gate.
/// </summary>
internal static class WriteGate
{
    private static readonly ConcurrentDictionary<string, SemaphoreSlim> Gates = new(StringComparer.Ordinal);

    public static async Task<IDisposable?> EnterAsync(MessagingDbContext db, CancellationToken cancellationToken)
    {
        if (!db.IsSqlite)
            return null;
        var gate = Gates.GetOrAdd(db.Database.GetDbConnection().DataSource, _ => new SemaphoreSlim(1));
        await gate.WaitAsync(cancellationToken);
        return new Pass(gate);
    }

    private sealed class Pass(SemaphoreSlim gate) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0)
                gate.Release();
        }
    }
}
