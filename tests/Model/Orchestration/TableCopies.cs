using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Sparsify.Model.Orchestration;

/// <summary>The rows of all tables, kept aside to go back to.</summary>
/// <remarks>
/// Not by <c>sqlite3_backup</c>, which copies schemas too and has every statement prepared anew; nor by a savepoint, since the
/// Orchestrator begins and ends transactions of its own.
/// </remarks>
internal sealed class TableCopies : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly bool _hasTriggers;
    private readonly string[] _tables;
    private readonly SqliteCommand _clear;
    private readonly List<(SqliteCommand Keep, SqliteCommand Return)> _copies = [];

    /// <param name="connection">To the database.</param>
    /// <param name="hasTriggers">Some tables have triggers, which must not fire for what is done here.</param>
    public TableCopies(SqliteConnection connection, bool hasTriggers)
    {
        (_connection, _hasTriggers) = (connection, hasTriggers);
        using var inMemory = Command("PRAGMA temp_store = MEMORY");
        inMemory.ExecuteNonQuery();
        _tables = [.. TableNames()];
        _clear = Command(InTransaction(Emptied("main.")));
    }

    public void Clear() => WithoutTriggers(_clear);

    /// <summary>Copies all rows.</summary>
    /// <param name="place">Where to: 0, or one that is the next to one that was used.</param>
    public void Keep(int place)
    {
        if (place == _copies.Count)
            _copies.Add(Create(place));
        _copies[place].Keep.ExecuteNonQuery();
    }

    /// <summary>Puts the rows of a copy in place of those that there are.</summary>
    public void Return(int place) => WithoutTriggers(_copies[place].Return);

    public void Dispose()
    {
        _clear.Dispose();
        foreach (var (keep, back) in _copies)
        {
            keep.Dispose();
            back.Dispose();
        }
    }

    private (SqliteCommand Keep, SqliteCommand Return) Create(int place)
    {
        var prefix = $"temp.kept_{place}_";
        using var create = Command(string.Concat(_tables.Select(t => $"CREATE TABLE {prefix}{t} AS SELECT * FROM main.{t} WHERE 0;")));
        create.ExecuteNonQuery();
        return (
            Command(InTransaction(Emptied(prefix) + Filled(prefix, "main."))),
            Command(InTransaction(Emptied("main.") + Filled("main.", prefix))));
    }

    /// <summary>As they were created: what refers to another comes after it.</summary>
    private IEnumerable<string> TableNames()
    {
        using var command = Command("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY rowid");
        using var reader = command.ExecuteReader();
        while (reader.Read())
            yield return reader.GetString(0);
    }

    private static string InTransaction(string statements) => $"BEGIN; {statements} COMMIT;";

    private string Emptied(string prefix) => string.Concat(_tables.Reverse().Select(t => $"DELETE FROM {prefix}{t};"));

    private string Filled(string prefix, string from) => string.Concat(_tables.Select(t => $"INSERT INTO {prefix}{t} SELECT * FROM {from}{t} ORDER BY rowid;"));

    private void WithoutTriggers(SqliteCommand command)
    {
        Fire(false);
        command.ExecuteNonQuery();
        Fire(true);
    }

    /// <summary>Has all statements prepared anew, too.</summary>
    private void Fire(bool triggers)
    {
        if (_hasTriggers)
            _ = raw.sqlite3_db_config(_connection.Handle, raw.SQLITE_DBCONFIG_ENABLE_TRIGGER, triggers ? 1 : 0, out _);
    }

    private SqliteCommand Command(string sql)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }
}
