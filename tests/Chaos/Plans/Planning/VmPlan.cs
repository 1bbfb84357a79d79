namespace Sparsify.Chaos.Planning;

/// <summary>A VM that is reported as up for a while.</summary>
/// <param name="At">When, from the plan's start.</param>
/// <param name="Lasting">How long.</param>
/// <param name="Disk">The number of the disk that it has.</param>
/// <param name="Id">The VM.</param>
public sealed record VmPlan(TimeSpan At, TimeSpan Lasting, int Disk, Guid Id);
