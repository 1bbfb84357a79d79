using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;
using Sparsify.Api.Policies;
using Sparsify.Messaging;

namespace Sparsify.Api.Problems;

/// <summary>Turns exceptions into answers: what the client did wrong, what is away, and what is our fault.</summary>
internal sealed class FailureHandler(ILogger<FailureHandler> logger) : IExceptionHandler
{
    private const string RetryAfterSeconds = "5";

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        var problem = exception switch
        {
            InvalidRequestException e => Problem.Of(StatusCodes.Status400BadRequest, ProblemCodes.InvalidRequest, "The request is not valid", e.Message),
            BadHttpRequestException e => Problem.Of(e.StatusCode, ProblemCodes.InvalidRequest, "The request is not valid", e.InnerException is JsonException json ? json.Message : e.Message),
            ScannerSilentException e => Problem.Of(StatusCodes.Status503ServiceUnavailable, ProblemCodes.Unavailable, "The Scanner does not answer", e.Message),
            _ when DatabaseFailures.IsUnavailable(exception) => Problem.Of(
                StatusCodes.Status503ServiceUnavailable, ProblemCodes.Unavailable, "The database does not answer",
                "Nothing can be promised now. Send the request again later, with the same requestId where there is one: it will not start twice."),
            _ => Problem.Of(StatusCodes.Status500InternalServerError, ProblemCodes.Internal, "A fault of the service", "The service's log says more; look for this answer's trace id there."),
        };
        if (problem.StatusCode == StatusCodes.Status503ServiceUnavailable)
        {
            httpContext.Response.Headers.RetryAfter = RetryAfterSeconds;
            logger.LogWarning("{Method} {Path} was refused because what it needs does not answer: {Reason}", httpContext.Request.Method, httpContext.Request.Path, exception.GetBaseException().Message);
        }
        else if (problem.StatusCode == StatusCodes.Status500InternalServerError)
        {
            // ASP.NET Core 10 says nothing of what a handler has answered.
            logger.LogError(exception, "{Method} {Path} ended in a fault of this service, answered with the trace id {TraceId}.", httpContext.Request.Method, httpContext.Request.Path, Activity.Current?.TraceId.ToHexString());
        }

        await problem.ExecuteAsync(httpContext);
        return true;
    }
}
