using MassTransit;
using Sparsify.Contracts;
using Sparsify.Messaging;

namespace Sparsify.Orchestrator.Ingress;

/// <summary>Hands a person's well-formed decision to the saga.</summary>
internal sealed class ResolveSparsifyRequestedConsumer : IConsumer<ResolveSparsifyRequested>
{
    public async Task Consume(ConsumeContext<ResolveSparsifyRequested> context)
    {
        InputRules.Check(context.Message);
        using var trace = UpstreamTrace.Continue(context, "accept resolution");
        await context.Send(EndpointNames.Address(EndpointNames.Operations), context.Message);
    }

    internal sealed class Definition() : PublicInputDefinition<ResolveSparsifyRequestedConsumer>("resolve-sparsify-requested")
    {
        protected override bool KeepsState => false;
    }
}
