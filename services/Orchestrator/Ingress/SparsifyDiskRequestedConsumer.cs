using MassTransit;
using Sparsify.Contracts;
using Sparsify.Messaging;

namespace Sparsify.Orchestrator.Ingress;

/// <summary>Hands a well-formed request to the saga. Keeps no state: the saga recognises a repetition by its request id.</summary>
internal sealed class SparsifyDiskRequestedConsumer : IConsumer<SparsifyDiskRequested>
{
    public async Task Consume(ConsumeContext<SparsifyDiskRequested> context)
    {
        InputRules.Check(context.Message);
        using var trace = UpstreamTrace.Continue(context, "accept request");
        await context.Send(EndpointNames.Address(EndpointNames.Operations), context.Message);
    }

    internal sealed class Definition() : PublicInputDefinition<SparsifyDiskRequestedConsumer>("sparsify-disk-requested")
    {
        protected override bool KeepsState => false;
    }
}
