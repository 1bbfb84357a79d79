using Microsoft.Extensions.Options;

namespace Sparsify.Orchestrator.Jobs;

/// <summary>
/// Tells which leases are over, by watching them: one is over when it was not renewed for its whole length and the guard,
/// by this process's monotonic clock, since it was first seen as it is. No wall clock decides: one that jumps, or a
/// replica's that is wrong, would take a disk from a host that works on it. After a restart the watch begins anew, so that
/// a lost host may cost one lease more.
/// </summary>
internal sealed class LeaseWatch(TimeProvider time, IOptions<OrchestratorOptions> options)
{
    private Dictionary<(Guid OperationId, int Attempt, int Renewals), long> _seen = [];

    /// <summary>Looks at all leases that there are.</summary>
    /// <returns>Those that are over.</returns>
    public IReadOnlyList<Lease> Over(IReadOnlyList<Lease> all)
    {
        var now = time.GetTimestamp();
        _seen = all.ToDictionary(Key, lease => _seen.GetValueOrDefault(Key(lease), now));
        return [.. all.Where(lease => time.GetElapsedTime(_seen[Key(lease)], now) > lease.Duration + options.Value.LeaseGuard)];
    }

    private static (Guid OperationId, int Attempt, int Renewals) Key(Lease lease) => (lease.OperationId, lease.Attempt, lease.Renewals);
}
