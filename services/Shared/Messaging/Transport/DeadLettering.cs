using System.Diagnostics.Metrics;
using System.Text.Json;
using MassTransit;
using MassTransit.Middleware;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Sparsify.Messaging;

/// <summary>
/// What becomes of a message that cannot be handled, after all retries: counted and logged, never its body, which may hold
/// anything, and moved to the dead-letter queue with the reason in its header: the innermost exception knows what was wrong,
/// and not with which field. A message whose handling the process's own end cut off is not among them: the broker keeps it.
/// </summary>
internal sealed class DeadLettering(IMeterFactory meters, ILogger<DeadLettering> logger) : IFilter<ExceptionReceiveContext>
{
    private const int LongestReason = 1000;

    private readonly Counter<long> _deadLettered = meters.Create(MessagingTelemetry.MeterName)
        .CreateCounter<long>("sparsify.messages.dead_lettered", "{message}", "Messages moved to a dead-letter queue.");

    public Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
    {
        var queue = context.InputAddress.AbsolutePath.Split('/')[^1];
        var reason = Reason(context.Exception);
        _deadLettered.Add(1, new KeyValuePair<string, object?>("queue", queue));
        logger.LogError("A message on {Queue} could not be handled and goes to {Queue}.dead-letter: {Reason}", queue, queue, reason);
        context.ExceptionHeaders.Set(MessageHeaders.FaultMessage, reason);
        return next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("deadLettering");

    /// <summary>What MassTransit does by default, with this before it. Once for an endpoint: filters add up.</summary>
    public static void Configure(IRegistrationContext context, IReceivePipelineConfigurator endpoint) => endpoint.ConfigureError(pipe =>
    {
        pipe.UseFilter(ActivatorUtilities.CreateInstance<DeadLettering>(context));
        pipe.UseFilter(new GenerateFaultFilter());
        pipe.UseFilter(new ErrorTransportFilter());
    });

    private static string Reason(Exception exception)
    {
        var reason = exception.GetBaseException().Message;
        for (Exception? e = exception; e is not null; e = e.InnerException)
        {
            if (e is not JsonException json)
                continue;
            reason = json.Message;
            break;
        }

        return reason.Length > LongestReason ? reason[..LongestReason] : reason;
    }
}
