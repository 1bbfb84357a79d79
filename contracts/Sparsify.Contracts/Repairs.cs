using System.Text.Json.Serialization;

namespace Sparsify.Contracts;

/// <summary>Work for one host after a run that did not end by itself: prove that nobody writes, compare the volume with what was journaled, and put back what was lost.</summary>
public sealed record RepairVolume
{
    /// <summary>The volume, and the lease of this attempt; nothing of it is sparsified.</summary>
    public required SparsifyVolume Job { get; init; }

    /// <summary>What was journaled before the run; absent when nothing was.</summary>
    public VitalBytes? Journaled { get; init; }
}

/// <summary>What a repair came to.</summary>
[JsonConverter(typeof(WordConverter<RepairOutcome>))]
public enum RepairOutcome
{
    /// <summary>The vital bytes are as they were; nothing was written.</summary>
    Clean,

    /// <summary>Something was lost and has been put back; the volume was compared again.</summary>
    Repaired,

    /// <summary>The host cannot prove the disk sound; the findings say why.</summary>
    NotProvable,
}

/// <summary>A host has looked at a volume after a run that did not end by itself; sent again until <see cref="VolumeJobClosed"/> comes.</summary>
public sealed record VolumeRepaired
{
    /// <summary>The volume job.</summary>
    public required Guid OperationId { get; init; }

    /// <summary>The attempt.</summary>
    public required int Attempt { get; init; }

    /// <summary>The disk's generation.</summary>
    public required long Generation { get; init; }

    /// <summary>The host.</summary>
    public required string Host { get; init; }

    /// <summary>What it came to.</summary>
    public required RepairOutcome Outcome { get; init; }

    /// <summary>What was put back, a sentence each.</summary>
    public IReadOnlyList<string> Repairs { get; init; } = [];

    /// <summary>What speaks against the disk, a sentence each.</summary>
    public IReadOnlyList<string> Findings { get; init; } = [];

    /// <summary>Allocated bytes now.</summary>
    public long? SizeAfter { get; init; }

    /// <summary>When, UTC, by the host's clock.</summary>
    public required DateTimeOffset EndedAt { get; init; }
}

/// <summary>Something that an interrupted run had lost was put back.</summary>
public sealed record DiskRepaired
{
    /// <summary>The disk.</summary>
    public required Guid DiskId { get; init; }

    /// <summary>The operation.</summary>
    public required Guid OperationId { get; init; }

    /// <summary>The host that did it.</summary>
    public required string Host { get; init; }

    /// <summary>What was put back, a sentence each; never empty.</summary>
    public required IReadOnlyList<string> Repairs { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTimeOffset RepairedAt { get; init; }
}
