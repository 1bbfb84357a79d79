namespace Sparsify.Messaging;

/// <summary>Where the services keep their state; section <c>Sparsify:Database</c>.</summary>
public sealed class DatabaseOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Sparsify:Database";

    /// <summary>The database engine.</summary>
    public DatabaseProvider Provider { get; set; } = DatabaseProvider.Postgres;

    /// <summary>The Npgsql connection string; required with <see cref="DatabaseProvider.Postgres"/>.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>The folder of the SQLite files, one a service; required with <see cref="DatabaseProvider.Sqlite"/>.</summary>
    public string? Folder { get; set; }
}
