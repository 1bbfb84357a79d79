using MassTransit;
using MassTransit.Saga;
using Sparsify.Orchestrator.Operations;

namespace Sparsify.Model.Orchestration;

/// <summary>The registered saga repository, taken from the scope of the message.</summary>
internal sealed class ScopedSagas : ISagaRepositoryContextFactory<Operation>
{
    public Task Send<T>(ConsumeContext<T> context, IPipe<SagaRepositoryContext<Operation, T>> next)
        where T : class => Registered(context).Send(context, next);

    public Task SendQuery<T>(ConsumeContext<T> context, ISagaQuery<Operation> query, IPipe<SagaRepositoryQueryContext<Operation, T>> next)
        where T : class => Registered(context).SendQuery(context, query, next);

    public void Probe(ProbeContext context)
    {
    }

    private static ISagaRepositoryContextFactory<Operation> Registered(PipeContext context) =>
        context.GetPayload<IServiceProvider>().GetRequiredService<ISagaRepositoryContextFactory<Operation>>();
}
