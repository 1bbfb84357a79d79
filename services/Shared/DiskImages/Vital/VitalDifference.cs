namespace Sparsify.DiskImages.Vital;

/// <summary>How a disk differs from what was journaled of it.</summary>
/// <param name="LostSwapHeaders">Headers whose bytes are zeroes now, in whole or in whole sectors: they can be written back.</param>
/// <param name="StrayVolumes">Logical volumes that can be removed.</param>
/// <param name="Unexplained">What no interrupted run does, and what nobody can tell of, a sentence each: a person must look.</param>
public sealed record VitalDifference(IReadOnlyList<SwapHeader> LostSwapHeaders, IReadOnlyList<StrayVolume> StrayVolumes, IReadOnlyList<string> Unexplained)
{
    /// <summary>The disk is as it was.</summary>
    public bool IsNone => LostSwapHeaders.Count == 0 && StrayVolumes.Count == 0 && Unexplained.Count == 0;
}
