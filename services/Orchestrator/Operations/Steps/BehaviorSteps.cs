using MassTransit;

namespace Sparsify.Orchestrator.Operations.Steps;

/// <summary>Lets the state machine say what is done, and a service of the message's scope (and transaction) do it.</summary>
internal static class BehaviorSteps
{
    public static T Service<T>(this PipeContext context)
        where T : class =>
        context.GetPayload<IServiceProvider>().GetRequiredService<T>();

    public static EventActivityBinder<Operation, TMessage> PublishChange<TMessage>(this EventActivityBinder<Operation, TMessage> binder)
        where TMessage : class =>
        binder.ThenAsync(OperationChanges.PublishAsync);
}
