namespace Sparsify.Contracts;

/// <summary>The few bytes of a disk that an interrupted run can lose; journaled before it starts, and put back by a repair.</summary>
public sealed record VitalBytes
{
    /// <summary>The header of each swap area that a run clears.</summary>
    public required IReadOnlyList<VitalSwapHeader> SwapHeaders { get; init; }

    /// <summary>The metadata of each volume group.</summary>
    public required IReadOnlyList<VitalVolumeGroup> VolumeGroups { get; init; }
}

/// <summary>The first page of a swap area.</summary>
/// <param name="Device">The area as the libguestfs appliance names it.</param>
/// <param name="Content">4,096 bytes.</param>
public sealed record VitalSwapHeader(string Device, byte[] Content);

/// <summary>What an LVM2 volume group says of itself.</summary>
/// <param name="Name">The group's name.</param>
/// <param name="Metadata">Its metadata text.</param>
public sealed record VitalVolumeGroup(string Name, string Metadata);

/// <summary>A host has read the vital bytes and asks for the leave to start. The answer is <see cref="VitalBytesJournaled"/> or <see cref="LeaseRevoked"/>; from then on the disk counts as written to.</summary>
public sealed record JournalVitalBytes
{
    /// <summary>The volume job.</summary>
    public required Guid OperationId { get; init; }

    /// <summary>The attempt.</summary>
    public required int Attempt { get; init; }

    /// <summary>The disk's generation.</summary>
    public required long Generation { get; init; }

    /// <summary>The host that holds the lease.</summary>
    public required string Host { get; init; }

    /// <summary>What was read just now.</summary>
    public required VitalBytes VitalBytes { get; init; }
}

/// <summary>The vital bytes are stored with the attempt: virt-sparsify may start.</summary>
public sealed record VitalBytesJournaled
{
    /// <summary>The volume job.</summary>
    public required Guid OperationId { get; init; }

    /// <summary>The attempt.</summary>
    public required int Attempt { get; init; }

    /// <summary>A cancel was asked for: do not start.</summary>
    public required bool CancelRequested { get; init; }
}
