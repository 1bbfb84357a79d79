namespace Sparsify.DiskImages.Vital;

/// <summary>The few bytes of a disk that an interrupted run can lose.</summary>
/// <param name="SwapHeaders">The header of each swap area that a run would clear.</param>
/// <param name="Groups">The metadata of each volume group.</param>
public sealed record VitalBytes(IReadOnlyList<SwapHeader> SwapHeaders, IReadOnlyList<GroupDescription> Groups);
