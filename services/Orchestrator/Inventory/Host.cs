namespace Sparsify.Orchestrator.Inventory;

/// <summary>What is known of one host worker.</summary>
public sealed class Host
{
    public string Name { get; init; } = "";

    public Guid InstanceId { get; set; }

    public int Slots { get; set; }

    /// <summary>It takes work; false while its tools do not run.</summary>
    public bool Claims { get; set; }

    /// <summary>A person has taken it out of work.</summary>
    public bool Draining { get; set; }

    /// <summary>The request that <see cref="Draining"/> is from: an older one, which was held up or is delivered again, changes nothing.</summary>
    public long DrainRevision { get; set; }

    /// <summary>By this service's clock, so that hosts' clocks do not matter.</summary>
    public DateTimeOffset AliveUntil { get; set; }

    public List<string> StorageDomains { get; set; } = [];
}
