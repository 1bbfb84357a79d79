namespace Sparsify.Messaging;

/// <summary>The database engines that the services run on.</summary>
public enum DatabaseProvider
{
    /// <summary>PostgreSQL: several processes, several hosts.</summary>
    Postgres,

    /// <summary>SQLite: all services in one process.</summary>
    Sqlite,
}
