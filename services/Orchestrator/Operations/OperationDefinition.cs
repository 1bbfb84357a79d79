using MassTransit;
using Sparsify.Messaging;
using Sparsify.Orchestrator.Storage;

namespace Sparsify.Orchestrator.Operations;

/// <summary>The endpoint of the saga.</summary>
internal sealed class OperationDefinition : SagaDefinition<Operation>
{
    public OperationDefinition() => EndpointName = EndpointNames.Operations;

    protected override void ConfigureSaga(IReceiveEndpointConfigurator endpointConfigurator, ISagaConfigurator<Operation> sagaConfigurator, IRegistrationContext context) =>
        endpointConfigurator.UseTransactionalConsumers<OrchestratorDbContext>(context);
}
