namespace Sparsify.Contracts;

/// <summary>A host worker lives; published at start and then regularly.</summary>
public sealed record HostHeartbeat
{
    /// <summary>The host's name.</summary>
    public required string Host { get; init; }

    /// <summary>The worker process, new at each start.</summary>
    public required Guid InstanceId { get; init; }

    /// <summary>When, UTC, by the host's clock.</summary>
    public required DateTimeOffset SentAt { get; init; }

    /// <summary>How long the host may be silent before it counts as gone.</summary>
    public required TimeSpan TimeToLive { get; init; }

    /// <summary>Jobs it runs at once, in total.</summary>
    public required int Slots { get; init; }

    /// <summary>Jobs it runs now.</summary>
    public required int RunningJobs { get; init; }

    /// <summary>The storage domains it reaches now.</summary>
    public required IReadOnlyList<string> StorageDomains { get; init; }

    /// <summary>What its tools can do.</summary>
    public required HostCapabilities Capabilities { get; init; }

    /// <summary>Why it takes no work, when it takes none.</summary>
    public string? NotClaimingBecause { get; init; }
}

/// <summary>What a host's tools can do.</summary>
/// <param name="VirtSparsifyVersion">As virt-sparsify says; null when it is missing.</param>
/// <param name="Features">The feature list of <c>virt-sparsify --machine-readable</c>.</param>
/// <param name="Accelerator"><c>kvm</c>, or <c>tcg</c> where the appliance does not start under KVM; null when it starts under neither.</param>
/// <param name="QemuImgVersion">As qemu-img says; null when it is missing.</param>
public sealed record HostCapabilities(string? VirtSparsifyVersion, IReadOnlyList<string> Features, string? Accelerator, string? QemuImgVersion);

/// <summary>A person takes a host out of work, or back in. What it runs it ends by itself.</summary>
public sealed record HostDrainRequested
{
    /// <summary>The host's name.</summary>
    public required string Host { get; init; }

    /// <summary>False puts it back to work.</summary>
    public required bool Draining { get; init; }

    /// <summary>Counts the requests of one host: of two, the one with the greater number holds, whichever arrives last.</summary>
    public required long Revision { get; init; }
}

/// <summary>A host gets no more work, or gets work again.</summary>
public sealed record HostDrainChanged
{
    /// <summary>The host's name.</summary>
    public required string Host { get; init; }

    /// <summary>It gets no more work.</summary>
    public required bool Draining { get; init; }

    /// <summary>That of the request which this answers.</summary>
    public required long Revision { get; init; }
}
