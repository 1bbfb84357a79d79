using Microsoft.AspNetCore.Http.HttpResults;
using Sparsify.Contracts;

namespace Sparsify.Api.Problems;

/// <summary>Refusals as RFC 9457 problem details, each with a stable <c>code</c>.</summary>
internal static class Problem
{
    public static ProblemHttpResult Of(int status, string code, string title, string detail, IReadOnlyList<Violation>? violations = null, Guid? operationId = null)
    {
        var extensions = new Dictionary<string, object?> { ["code"] = code };
        if (violations is not null)
            extensions["violations"] = violations;
        if (operationId is not null)
            extensions["operationId"] = operationId;
        return TypedResults.Problem(detail, statusCode: status, title: title, extensions: extensions);
    }

    public static ProblemHttpResult DiskNotFound(Guid id) =>
        Of(StatusCodes.Status404NotFound, ViolationCodes.DiskNotFound, "No such disk", $"No disk with the id {id} is known.");

    public static ProblemHttpResult OperationNotFound(Guid id) =>
        Of(StatusCodes.Status404NotFound, ProblemCodes.OperationNotFound, "No such operation", $"No operation with the id {id} is known.");
}
