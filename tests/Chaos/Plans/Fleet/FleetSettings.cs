namespace Sparsify.Chaos.Fleet;

/// <summary>What the fleet is made of, and the settings that make it quick: a lease is seconds long, and so is everything else.</summary>
public static class FleetSettings
{
    /// <summary>The storage domains.</summary>
    public static IReadOnlyList<string> Domains { get; } = ["domain-a", "domain-b"];

    /// <summary>The hosts: each domain is reached by three.</summary>
    public static IReadOnlyList<HostPlace> Hosts { get; } =
        [new("host-1", ["domain-a"]), new("host-2", ["domain-a", "domain-b"]), new("host-3", ["domain-b"]), new("host-4", ["domain-a", "domain-b"])];

    /// <summary>Disks that a host works on at once.</summary>
    public const int Slots = 2;

    /// <summary>Disks of a domain that are worked on at once.</summary>
    public const int JobsPerDomain = 2;

    /// <summary>How long a lease holds.</summary>
    public static TimeSpan Lease { get; } = TimeSpan.FromSeconds(5);

    /// <summary>Of all services.</summary>
    public static Dictionary<string, string?> Shared => new()
    {
        ["Sparsify__Orchestrator__LeaseDuration"] = Lease.ToString(),
        ["Sparsify__Orchestrator__LeaseGuard"] = "00:00:02.5",
        ["Sparsify__Orchestrator__SweepInterval"] = "00:00:01",
        ["Sparsify__Orchestrator__RetryDelay"] = "00:00:00.5",
        ["Sparsify__Orchestrator__LongestRetryDelay"] = "00:00:02",
        ["Sparsify__Orchestrator__OtherHostPreference"] = "00:00:02",
        ["Sparsify__Orchestrator__MaximumJobsPerStorageDomain"] = JobsPerDomain.ToString(System.Globalization.CultureInfo.InvariantCulture),
        ["Sparsify__Outbox__SweepInterval"] = "00:00:01.5",
        ["Sparsify__Outbox__SweepAge"] = "00:00:02",
        // Short, so that late copies meet the saga and not only the inbox.
        ["Sparsify__Outbox__InboxRetention"] = "00:00:20",
        ["Sparsify__Outbox__ResendWindow"] = "00:00:10",
        ["Sparsify__Api__DecisionTimeout"] = "00:00:01",
        ["Sparsify__HostWorker__HeartbeatInterval"] = "00:00:01",
        ["Sparsify__HostWorker__DiscoveryInterval"] = "00:00:03",
        ["Sparsify__HostWorker__ApplianceRetryInterval"] = "00:00:03",
        ["Sparsify__HostWorker__RunLimit"] = "00:00:10",
        ["Sparsify__HostWorker__FencingGrace"] = "00:00:02",
        ["Sparsify__HostWorker__StopGrace"] = "00:00:02",
        ["Sparsify__HostWorker__Slots"] = Slots.ToString(System.Globalization.CultureInfo.InvariantCulture),
        ["Logging__Console__FormatterName"] = "simple",
        ["Logging__Console__FormatterOptions__SingleLine"] = "true",
        ["Logging__Console__FormatterOptions__TimestampFormat"] = "HH:mm:ss.fff ",
    };
}
