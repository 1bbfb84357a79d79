using System.Globalization;
using Microsoft.Net.Http.Headers;
using Sparsify.Api.Problems;

namespace Sparsify.Api.Policies;

/// <summary>Which revision a change is meant for. Source: RFC 9110, section 13.1.1; RFC 6585, section 3.</summary>
internal static class IfMatch
{
    /// <summary>Reads it.</summary>
    /// <returns>The revision; null when no header was sent.</returns>
    /// <exception cref="InvalidRequestException">It is not one entity tag of ours.</exception>
    public static int? Revision(HttpRequest request)
    {
        var header = request.Headers.IfMatch;
        if (header.Count == 0)
            return null;
        return EntityTagHeaderValue.TryParse(header.ToString(), out var tag) && !tag.IsWeak
            && int.TryParse(tag.Tag.AsSpan().Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var revision)
            ? revision
            : throw new InvalidRequestException("If-Match", "is not the ETag of a policy.");
    }

    /// <summary>The entity tag of a revision.</summary>
    public static string ETag(int revision) => string.Create(CultureInfo.InvariantCulture, $"\"{revision}\"");

    /// <summary>What is answered when it is absent.</summary>
    public static IResult Missing() => Problem.Of(
        StatusCodes.Status428PreconditionRequired, ProblemCodes.IfMatchRequired, "If-Match is required", "Send the ETag of the policy as you read it in the header If-Match, so that nobody's change is lost.");
}
