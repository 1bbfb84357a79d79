using System.Text.Json;
using System.Text.Json.Serialization;
using Sparsify.Contracts;

namespace Sparsify.Api.Policies;

/// <summary>A policy as a client sends it: no field that there is not, and no null where something belongs.</summary>
internal sealed record PolicyBody(Policy Policy)
{
    private static readonly JsonSerializerOptions Strict = new(JsonSerializerOptions.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        NumberHandling = JsonNumberHandling.Strict,
    };

    /// <summary>Reads the body of a request.</summary>
    /// <exception cref="BadHttpRequestException">It is no policy; the answer says why.</exception>
    public static async ValueTask<PolicyBody?> BindAsync(HttpContext context)
    {
        if (!context.Request.HasJsonContentType())
            throw new BadHttpRequestException("A policy is sent as application/json.", StatusCodes.Status415UnsupportedMediaType);
        try
        {
            return new PolicyBody(await context.Request.ReadFromJsonAsync<Policy>(Strict, context.RequestAborted) ?? throw new BadHttpRequestException("A policy is not null."));
        }
        catch (JsonException e)
        {
            throw new BadHttpRequestException("The body is no policy.", StatusCodes.Status400BadRequest, e);
        }
    }
}
