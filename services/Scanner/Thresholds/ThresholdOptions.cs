using System.ComponentModel.DataAnnotations;
using Sparsify.Contracts;

namespace Sparsify.Scanner.Thresholds;

/// <summary>How much dead space a disk may have.</summary>
public sealed class ThresholdOptions
{
    /// <summary>Reclaimable bytes; what is not given is taken from the wider setting.</summary>
    [Range(0, long.MaxValue)]
    public long? Bytes { get; set; }

    /// <summary>Reclaimable share of the actual size, 0 to 1; what is not given is taken from the wider setting.</summary>
    [Range(0.0, 1.0)]
    public double? Share { get; set; }

    /// <summary>These, where they are given, and else the wider ones.</summary>
    public SparsifyThresholds Over(SparsifyThresholds wider) => new(Bytes ?? wider.Bytes, Share ?? wider.Share);
}
