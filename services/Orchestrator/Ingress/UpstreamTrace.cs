using System.Diagnostics;
using MassTransit;

namespace Sparsify.Orchestrator.Ingress;

/// <summary>Joins the trace of a client that sends the W3C header <c>traceparent</c> (https://www.w3.org/TR/trace-context/) with its message.</summary>
internal static class UpstreamTrace
{
    private static readonly ActivitySource Source = new(OrchestratorTelemetry.SourceName);

    public static Activity? Continue(ConsumeContext context, string name) =>
        context.Headers.Get<string>("traceparent") is { } header && ActivityContext.TryParse(header, context.Headers.Get<string>("tracestate"), isRemote: true, out var parent)
            ? Source.StartActivity(name, ActivityKind.Consumer, parent)
            : null;
}
