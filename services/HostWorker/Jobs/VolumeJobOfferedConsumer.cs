using MassTransit;
using Sparsify.Contracts;
using Sparsify.HostWorker.Presence;
using Sparsify.HostWorker.Volumes;

namespace Sparsify.HostWorker.Jobs;

/// <summary>Claims when jobs wait in a domain that this host reaches.</summary>
internal sealed class VolumeJobOfferedConsumer(StorageDomainRoots roots, ClaimSignal claims) : IConsumer<VolumeJobOffered>
{
    public Task Consume(ConsumeContext<VolumeJobOffered> context)
    {
        if (roots.Reachable.Contains(context.Message.StorageDomain))
            claims.Raise();
        return Task.CompletedTask;
    }
}
