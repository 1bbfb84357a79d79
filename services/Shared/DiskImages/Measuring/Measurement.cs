using System.Text.Json.Serialization;
using Sparsify.DiskImages.Images;

namespace Sparsify.DiskImages.Measuring;

/// <summary>What a disk holds and what virt-sparsify would give back of it, computed from metadata alone.</summary>
public sealed record Measurement
{
    /// <summary>The image, as it was asked for.</summary>
    public required string Path { get; init; }

    /// <summary>Its format.</summary>
    [JsonConverter(typeof(ImageFormatConverter))]
    public required ImageFormat Format { get; init; }

    /// <summary>Size of the disk as the guest sees it, bytes.</summary>
    public required long VirtualSize { get; init; }

    /// <summary>Bytes that the storage gives up for the leaf's file.</summary>
    public required long ActualSize { get; init; }

    /// <summary>Bytes that <c>virt-sparsify --in-place</c> would give back.</summary>
    public required long Reclaimable { get; init; }

    /// <summary>Bytes free in the guest that lower volumes or internal snapshots hold: merging would free them.</summary>
    public required long HeldBySnapshots { get; init; }

    /// <summary>False when a run may give back another number than <see cref="Reclaimable"/>; the notes of the regions say why.</summary>
    public required bool Exact { get; init; }

    /// <summary>The parts of the disk, in the order in which they were found.</summary>
    public required IReadOnlyList<Region> Regions { get; init; }

    /// <summary>Why a run would fail as a whole; then nothing is reclaimable.</summary>
    [JsonIgnore]
    public Hazard Hazard => Regions.Select(r => r.Hazard).FirstOrDefault(h => h != Hazard.None);

    /// <summary>The regions that virt-sparsify has a step for.</summary>
    [JsonIgnore]
    public IEnumerable<Region> Plan => Regions.Where(r => r.Device is not null);
}
