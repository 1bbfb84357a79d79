using Sparsify.Contracts;

namespace Sparsify.Scanner.Thresholds;

/// <summary>Whether figures pass thresholds.</summary>
internal static class Need
{
    /// <summary>Below this share of a threshold an alert is over: between the two nothing changes, so that figures that sway raise one alert and not many.</summary>
    private const decimal ClearedBelow = 0.8m;

    /// <summary>Both are passed.</summary>
    /// <param name="thresholds">The thresholds.</param>
    /// <param name="reclaimable">Bytes that a run would give back.</param>
    /// <param name="actualSize">Bytes that the storage gives up.</param>
    public static bool Passes(this SparsifyThresholds thresholds, long reclaimable, long actualSize) =>
        reclaimable > 0 && reclaimable >= thresholds.Bytes && reclaimable >= (decimal)thresholds.Share * actualSize;

    /// <summary>At least one is clearly not passed.</summary>
    /// <inheritdoc cref="Passes" />
    public static bool IsClearlyBelow(this SparsifyThresholds thresholds, long reclaimable, long actualSize) =>
        reclaimable == 0 || reclaimable < ClearedBelow * thresholds.Bytes || reclaimable < ClearedBelow * (decimal)thresholds.Share * actualSize;
}
