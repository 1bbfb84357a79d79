using MassTransit;
using Sparsify.Contracts;
using Sparsify.Messaging;

namespace Sparsify.Orchestrator.Ingress;

/// <summary>Hands a well-formed cancel to the saga.</summary>
internal sealed class CancelSparsifyRequestedConsumer : IConsumer<CancelSparsifyRequested>
{
    public async Task Consume(ConsumeContext<CancelSparsifyRequested> context)
    {
        InputRules.Check(context.Message);
        using var trace = UpstreamTrace.Continue(context, "accept cancel");
        await context.Send(EndpointNames.Address(EndpointNames.Operations), context.Message);
    }

    internal sealed class Definition() : PublicInputDefinition<CancelSparsifyRequestedConsumer>("cancel-sparsify-requested")
    {
        protected override bool KeepsState => false;
    }
}
