using System.Data.Common;
using System.Net.Sockets;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Sparsify.Messaging;

/// <summary>Tells a database that is away, or too busy, from a statement that is wrong.</summary>
public static class DatabaseFailures
{
    private const int SqliteBusy = 5;
    private const int SqliteLocked = 6;

    /// <summary>The same work may succeed later without any change.</summary>
    public static bool IsUnavailable(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        for (Exception? e = exception; e is not null; e = e.InnerException)
        {
            switch (e)
            {
                // 57P: the server is shutting down or starting; 53: it has no resources left; 40: lost a race with another transaction;
                // 25P03: this process stood still in the middle of a transaction, and was thrown out of it.
                case PostgresException postgres:
                    return postgres.IsTransient || postgres.SqlState.StartsWith("57P", StringComparison.Ordinal)
                        || postgres.SqlState.StartsWith("53", StringComparison.Ordinal) || postgres.SqlState.StartsWith("40", StringComparison.Ordinal)
                        || postgres.SqlState == "25P03";
                case SqliteException sqlite:
                    return sqlite.SqliteErrorCode is SqliteBusy or SqliteLocked;
                case NpgsqlException or SocketException or TimeoutException:
                    return true;
                case DbException db:
                    return db.IsTransient;
            }
        }

        return false;
    }
}
