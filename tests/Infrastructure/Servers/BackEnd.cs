using Sparsify.Testing.Processes;

namespace Sparsify.Testing.Servers;

/// <summary>Broker and database of one test, empty at first, and the settings that lead a service there.</summary>
public sealed class BackEnd : IAsyncDisposable
{
    private readonly TestFolder _folder = TestFolder.Create("backend");

    private BackEnd(BackEndKind kind, MessageBroker? broker, TestDatabase? database) => (Kind, Broker, Database) = (kind, broker, database);

    /// <summary>Which.</summary>
    public BackEndKind Kind { get; }

    /// <summary>The broker, when distributed.</summary>
    public MessageBroker? Broker { get; }

    /// <summary>The database, when distributed.</summary>
    public TestDatabase? Database { get; }

    /// <summary>Configuration of a service.</summary>
    public IReadOnlyDictionary<string, string?> Settings => Kind == BackEndKind.Embedded
        ? new Dictionary<string, string?>
        {
            ["Sparsify:Transport"] = "Memory",
            ["Sparsify:Database:Provider"] = "Sqlite",
            ["Sparsify:Database:Folder"] = _folder.Path,
        }
        : new Dictionary<string, string?>
        {
            ["Sparsify:RabbitMq:Uri"] = Broker!.Uri.ToString(),
            ["Sparsify:Database:ConnectionString"] = Database!.ConnectionString,
        };

    /// <summary>Makes one.</summary>
    public static async Task<BackEnd> CreateAsync(BackEndKind kind) => kind == BackEndKind.Embedded
        ? new BackEnd(kind, null, null)
        : new BackEnd(kind, await MessageBroker.CreateAsync(), await TestDatabase.CreateAsync());

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (Broker is not null)
            await Broker.DisposeAsync();
        if (Database is not null)
            await Database.DisposeAsync();
        _folder.Dispose();
    }
}
