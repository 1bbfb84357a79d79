using Microsoft.Extensions.Options;
using Sparsify.Contracts;
using Sparsify.Scanner.Policies.Storing;

namespace Sparsify.Scanner.Policies.Selecting;

/// <summary>The thresholds of a disk: those of the policy that takes it, and where it gives none those of the settings.</summary>
internal sealed class DiskThresholds(PolicyBook policies, IOptions<ScannerOptions> options)
{
    /// <summary>Finds them, by the policies that were last read.</summary>
    /// <returns>The thresholds, and the policy that takes the disk.</returns>
    public (SparsifyThresholds Thresholds, PolicyInForce? Policy) Of(DiskChanged disk)
    {
        var policy = policies.InForce.TakerOf(disk);
        var settings = options.Value.ThresholdsOf(disk.StorageDomain);
        return (policy?.Rule.Thresholds.Over(settings) ?? settings, policy);
    }
}
