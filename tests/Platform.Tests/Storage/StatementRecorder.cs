using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace Sparsify.Platform.Tests.Storage;

/// <summary>Keeps each statement that a service sends, with the values of one time.</summary>
internal sealed class StatementRecorder : DbCommandInterceptor
{
    private readonly ConcurrentDictionary<(string Schema, string Text), IReadOnlyList<NpgsqlParameter>> _seen = new();

    public bool Records { get; set; }

    public IEnumerable<KeyValuePair<(string Schema, string Text), IReadOnlyList<NpgsqlParameter>>> Statements => _seen;

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        Keep(command);
        return ValueTask.FromResult(result);
    }

    public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        Keep(command);
        return ValueTask.FromResult(result);
    }

    private void Keep(DbCommand command)
    {
        if (Records)
            _seen.GetOrAdd((new NpgsqlConnectionStringBuilder(command.Connection!.ConnectionString).SearchPath!, command.CommandText), _ => [.. command.Parameters.Cast<NpgsqlParameter>().Select(p => p.Clone())]);
    }
}
