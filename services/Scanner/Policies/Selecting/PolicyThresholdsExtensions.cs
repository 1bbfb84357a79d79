using Sparsify.Contracts;

namespace Sparsify.Scanner.Policies.Selecting;

/// <summary>Completes a policy's thresholds.</summary>
internal static class PolicyThresholdsExtensions
{
    /// <summary>These, where they are given, and else the wider ones.</summary>
    public static SparsifyThresholds Over(this PolicyThresholds thresholds, SparsifyThresholds wider) => new(thresholds.Bytes ?? wider.Bytes, thresholds.Share ?? wider.Share);
}
