using MassTransit;
using Sparsify.Contracts;

namespace Sparsify.Api.ReadModel;

/// <summary>Wakes the waiters once an event's transaction has committed: it sits outside the transaction in the pipe.</summary>
internal sealed class OperationSignalObserver(OperationSignals signals) : IReceiveObserver
{
    public Task PreReceive(ReceiveContext context) => Task.CompletedTask;

    public Task PostReceive(ReceiveContext context) => Task.CompletedTask;

    public Task PostConsume<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType)
        where T : class
    {
        if (context.Message is OperationChanged changed)
            signals.Raise(changed.OperationId);
        else if (context.Message is VolumeJobProgressed progressed)
            signals.Raise(progressed.OperationId);
        return Task.CompletedTask;
    }

    public Task ConsumeFault<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType, Exception exception)
        where T : class => Task.CompletedTask;

    public Task ReceiveFault(ReceiveContext context, Exception exception) => Task.CompletedTask;
}
