using MassTransit;

namespace Sparsify.Messaging.Tests.Model;

/// <summary>A saga that counts its messages and says how far it is.</summary>
public sealed class Counter : SagaStateMachineInstance, ISagaVersion
{
    public Guid CorrelationId { get; set; }

    public int Version { get; set; }

    public string State { get; set; } = "";

    public int Count { get; set; }
}

public sealed class CounterMachine : MassTransitStateMachine<Counter>
{
    public CounterMachine()
    {
        InstanceState(c => c.State);
        Event(() => Counted, e => e.CorrelateById(context => context.Message.Counter));
        Initially(When(Counted).ThenAsync(CountAsync).TransitionTo(Counting));
        During(Counting, When(Counted).ThenAsync(CountAsync));
    }

    public State Counting { get; } = null!;

    public Event<Counted> Counted { get; } = null!;

    private static Task CountAsync(BehaviorContext<Counter, Counted> context)
    {
        context.Saga.Count++;
        return context.Publish(new CountChanged { Counter = context.Saga.CorrelationId, Count = context.Saga.Count });
    }
}

public sealed class CounterDefinition : SagaDefinition<Counter>
{
    public CounterDefinition() => EndpointName = "counters";

    protected override void ConfigureSaga(IReceiveEndpointConfigurator endpointConfigurator, ISagaConfigurator<Counter> sagaConfigurator, IRegistrationContext context) =>
        endpointConfigurator.UseTransactionalConsumers<TestDbContext>(context);
}
