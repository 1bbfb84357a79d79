using System.Diagnostics.Metrics;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace Sparsify.Messaging;

/// <summary>Counts and logs each message that ends in a dead-letter queue; never its body, which may hold anything.</summary>
internal sealed class DeadLetterObserver(IMeterFactory meters, ILogger<DeadLetterObserver> logger) : IReceiveObserver
{
    private readonly Counter<long> _deadLettered = meters.Create(MessagingTelemetry.MeterName)
        .CreateCounter<long>("sparsify.messages.dead_lettered", "{message}", "Messages moved to a dead-letter queue.");

    public Task PreReceive(ReceiveContext context) => Task.CompletedTask;

    public Task PostReceive(ReceiveContext context) => Task.CompletedTask;

    public Task PostConsume<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType)
        where T : class => Task.CompletedTask;

    public Task ConsumeFault<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType, Exception exception)
        where T : class => Record(context.ReceiveContext, exception);

    public Task ReceiveFault(ReceiveContext context, Exception exception) => Record(context, exception);

    private Task Record(ReceiveContext context, Exception exception)
    {
        var queue = context.InputAddress.AbsolutePath.Split('/')[^1];
        _deadLettered.Add(1, new KeyValuePair<string, object?>("queue", queue));
        logger.LogError("A message on {Queue} could not be handled and goes to {Queue}.dead-letter: {Reason}", queue, queue, FaultReason.Of(exception));
        return Task.CompletedTask;
    }
}
