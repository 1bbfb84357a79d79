using System.Text.Json;
using MassTransit;
using MassTransit.Middleware;

namespace Sparsify.Messaging;

/// <summary>Says in a dead-lettered message's header which field was wrong; the innermost exception knows only what was wrong with it.</summary>
internal sealed class FaultReason : IFilter<ExceptionReceiveContext>
{
    private const int LongestReason = 1000;

    public static string Of(Exception exception)
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

    public Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
    {
        context.ExceptionHeaders.Set(MessageHeaders.FaultMessage, Of(context.Exception));
        return next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("faultReason");

    /// <summary>What MassTransit does by default, with the reason before it.</summary>
    public static void Configure(IReceivePipelineConfigurator endpoint) => endpoint.ConfigureError(pipe =>
    {
        pipe.UseFilter(new FaultReason());
        pipe.UseFilter(new GenerateFaultFilter());
        pipe.UseFilter(new ErrorTransportFilter());
    });
}
