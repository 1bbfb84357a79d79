using Sparsify.DiskImages.Images;

namespace Sparsify.DiskImages.FileSystems;

/// <summary>What was read of a file system, or of something else that fills a device.</summary>
internal sealed record FileSystemReading
{
    /// <summary>ext4, xfs, swap, LUKS …</summary>
    public required string Type { get; init; }

    public string? Label { get; init; }

    /// <summary>Bytes not in use; null when that cannot be seen.</summary>
    public long? Free { get; init; }

    /// <summary>Bytes that it covers of its device; null when that cannot be seen.</summary>
    public long? Size { get; init; }

    /// <summary>What trimming it would free.</summary>
    public DiscardTally Tally { get; init; } = new();

    public string? Note { get; init; }

    public bool IsExact { get; init; } = true;

    /// <summary>virt-sparsify has no step for it.</summary>
    public bool IsOpaque { get; init; }

    public bool IsSwap { get; init; }

    public bool IsEncrypted { get; init; }

    /// <summary>A member of a Linux software RAID: the appliance starts the array, and virt-sparsify has a step for what is in it.</summary>
    public bool IsRaidMember { get; init; }

    /// <summary>Recognised, and not looked into.</summary>
    public static FileSystemReading Opaque(string type, string note, bool exact = true) => new() { Type = type, Note = note, IsOpaque = true, IsExact = exact };
}
