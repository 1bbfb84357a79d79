using System.Text.Json;
using Sparsify.Contracts;

namespace Sparsify.Cli.Remote;

/// <summary>The server refused, in its own words.</summary>
internal sealed class RefusedException(string code, string message, IReadOnlyList<Violation> violations) : Exception(message)
{
    public string Code { get; } = code;

    public IReadOnlyList<Violation> Violations { get; } = violations;

    public static async Task ThrowIfRefusedAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.IsSuccessStatusCode)
            return;
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        try
        {
            var problem = JsonSerializer.Deserialize<Refusal>(text, JsonSerializerOptions.Web)!;
            throw new RefusedException(problem.Code ?? $"HTTP {(int)response.StatusCode}", problem.Detail ?? problem.Title ?? "The server refused.", problem.Violations ?? []);
        }
        catch (JsonException)
        {
            throw new RefusedException($"HTTP {(int)response.StatusCode}", $"{response.RequestMessage?.RequestUri} answered {(int)response.StatusCode} {response.ReasonPhrase}. Is this the API's address?", []);
        }
    }

    private sealed record Refusal(string? Code, string? Title, string? Detail, IReadOnlyList<Violation>? Violations);
}
