using Host = Sparsify.Orchestrator.Inventory.Host;

namespace Sparsify.Orchestrator.Jobs;

/// <summary>Keeps another attempt for a while from a host that has failed the job, as long as one lives that has not.</summary>
/// <param name="living">The hosts that live and take work.</param>
/// <param name="now">By this service's clock.</param>
/// <param name="lasting">How long, from when the job may be claimed again.</param>
internal sealed class HostPreference(IReadOnlyList<Host> living, DateTimeOffset now, TimeSpan lasting)
{
    /// <summary>Whether the job is to be left to others.</summary>
    public bool KeepsFrom(string host, VolumeJob job) =>
        job.FailedHosts.Contains(host)
        && job.NotBefore <= now // A later time was given by a clock that has been put back since.
        && now < job.NotBefore + lasting
        && living.Any(other => other.StorageDomains.Contains(job.StorageDomain) && !job.FailedHosts.Contains(other.Name));
}
