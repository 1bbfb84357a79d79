using Microsoft.Data.Sqlite;

namespace Sparsify.Model.Orchestration;

/// <summary>
/// A database in memory under a name of its own. SQLite gives none for those in memory, and all that share a name have one
/// writer at a time: threads would wait for each other.
/// </summary>
internal sealed class OwnConnection(string name) : SqliteConnection($"Data Source=file:/{name}?vfs=memdb")
{
    public override string DataSource => name;
}
