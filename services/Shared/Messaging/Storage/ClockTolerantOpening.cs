using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Sparsify.Messaging;

/// <summary>
/// Opens connections such that a wall clock that is set back meanwhile counts as a database that is away for now. Npgsql
/// 10.0.3 reckons what is left of its limit from that clock (<c>NpgsqlTimeout</c>), and hands it to a timer that takes 49
/// days at most: what comes of it is an <see cref="ArgumentOutOfRangeException"/>, which is no failure of a database.
/// </summary>
internal sealed class ClockTolerantOpening : DbConnectionInterceptor
{
    /// <inheritdoc />
    /// <exception cref="TimeoutException">The clock was set back. The same will succeed when it is tried again.</exception>
    public override async ValueTask<InterceptionResult> ConnectionOpeningAsync(DbConnection connection, ConnectionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        try
        {
            await connection.OpenAsync(cancellationToken);
            return InterceptionResult.Suppress();
        }
        catch (ArgumentOutOfRangeException e) when (e.ParamName is "delay" or "timeout")
        {
            throw new TimeoutException("The clock was set back while a connection to the database was opened.", e);
        }
    }
}
