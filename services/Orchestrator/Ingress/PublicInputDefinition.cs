using MassTransit;
using Sparsify.Messaging;
using Sparsify.Orchestrator.Storage;

namespace Sparsify.Orchestrator.Ingress;

/// <summary>An endpoint of its own for each public input: plain JSON does not name its type, so a queue may take only one.</summary>
/// <typeparam name="TConsumer">The consumer.</typeparam>
internal abstract class PublicInputDefinition<TConsumer> : ConsumerDefinition<TConsumer>
    where TConsumer : class, IConsumer
{
    protected PublicInputDefinition(string endpointName) => EndpointName = endpointName;

    protected virtual bool KeepsState => true;

    protected override void ConfigureConsumer(IReceiveEndpointConfigurator endpointConfigurator, IConsumerConfigurator<TConsumer> consumerConfigurator, IRegistrationContext context)
    {
        endpointConfigurator.AcceptPlainJson();
        if (KeepsState)
            endpointConfigurator.UseTransactionalConsumers<OrchestratorDbContext>(context);
    }
}
