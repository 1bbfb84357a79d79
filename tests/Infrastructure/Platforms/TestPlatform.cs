using Sparsify.Testing.Processes;

namespace Sparsify.Testing.Platforms;

/// <summary>A running platform with one storage domain, <c>vms</c>, in processes that a test may kill.</summary>
public abstract class TestPlatform : IAsyncDisposable
{
    /// <summary>The storage domain's name.</summary>
    public const string Domain = "vms";

    /// <summary>The settings that make a platform quick enough for tests.</summary>
    protected static Dictionary<string, string?> QuickSettings => new()
    {
        ["Sparsify__HostWorker__DiscoveryInterval"] = "00:00:02",
        ["Sparsify__HostWorker__HeartbeatInterval"] = "00:00:02",
        ["Sparsify__Orchestrator__SweepInterval"] = "00:00:01",
        ["Sparsify__Orchestrator__RetryDelay"] = "00:00:01",
        // On a busy machine too a request is answered with what was decided.
        ["Sparsify__Api__DecisionTimeout"] = "00:00:30",
        // Test disks are small.
        ["Sparsify__Scanner__Thresholds__Bytes"] = "104857600",
    };

    /// <summary>Everything of this platform.</summary>
    protected TestFolder Folder { get; } = TestFolder.Create("platform");

    /// <summary>The storage domain's folder.</summary>
    public string Storage => Folder.Folder("storage");

    /// <summary>The REST API.</summary>
    public PlatformClient Client { get; protected set; } = null!;

    /// <summary>The process that runs virt-sparsify for a host's name.</summary>
    public abstract ServiceProcess Worker(string host);

    /// <summary>The host workers' scratch folders, by the hosts' names.</summary>
    public abstract IReadOnlyDictionary<string, string> Scratches { get; }

    /// <summary>How many leases are held.</summary>
    public abstract Task<long> CountLeasesAsync();

    /// <summary>What the services wrote.</summary>
    public abstract string Logs { get; }

    /// <summary>Starts all services and waits until they are ready.</summary>
    public abstract Task StartAsync();

    /// <inheritdoc />
    public abstract ValueTask DisposeAsync();
}
