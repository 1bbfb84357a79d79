using Sparsify.Contracts;

namespace Sparsify.Api.Disks;

/// <summary>What a request would come to.</summary>
/// <param name="Disk">The disk.</param>
/// <param name="Eligible">The request would be accepted.</param>
/// <param name="Violations">Every rule that would refuse it.</param>
/// <param name="Measurement">What a run would give back: measured for this answer where a host could be asked, else the last known; absent when there is none.</param>
public sealed record DryRunView(DiskView Disk, bool Eligible, IReadOnlyList<Violation> Violations, VolumeMeasurement? Measurement);
