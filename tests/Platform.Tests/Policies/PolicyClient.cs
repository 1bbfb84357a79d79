using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Sparsify.Platform.Tests.Hosting;
using Sparsify.Testing.Platforms;

namespace Sparsify.Platform.Tests.Policies;

/// <summary>The policies of the REST API, as a client sees them.</summary>
internal static class PolicyClient
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);

    /// <summary>Makes a policy, which must be accepted.</summary>
    public static async Task<Guid> CreateAsync(this PlatformClient client, object policy)
    {
        var (status, body) = await client.PostAsync("/api/v1/policies", policy);
        return status == HttpStatusCode.Created ? body.GetProperty("id").GetGuid() : throw new InvalidOperationException($"{status}: {body}");
    }

    /// <summary>Runs a policy, which must be accepted.</summary>
    public static async Task<JsonElement> RunAsync(this PlatformClient client, Guid policy)
    {
        var (status, body) = await client.PostAsync($"/api/v1/policies/{policy}/run", new { requestedBy = "alice" });
        return status == HttpStatusCode.Accepted ? body : throw new InvalidOperationException($"{status}: {body}");
    }

    /// <summary>Sends a body with an entity tag.</summary>
    public static async Task<(HttpResponseMessage Answer, JsonElement Body)> SendAsync(this PlatformClient client, HttpMethod method, string path, string? body, string? ifMatch)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
        if (ifMatch is not null)
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        var answer = await client.Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return (answer, text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text));
    }

    /// <summary>Waits for a run of a policy.</summary>
    public static Task<JsonElement> RunOfAsync(this PlatformClient client, Guid policy, Func<JsonElement, bool> which)
    {
        JsonElement last = default;
        return PlatformClient.UntilAsync(
            async () =>
            {
                last = await client.GetAsync($"/api/v1/policies/{policy}/runs");
                return last.GetProperty("items").EnumerateArray().Where(which).Select(r => (JsonElement?)r).FirstOrDefault();
            },
            Limit,
            () => $"a run is as wanted; last seen: {last}");
    }

    /// <summary>The line of a disk in a report.</summary>
    public static JsonElement Disk(this JsonElement run, string name) => run.GetProperty("disks").EnumerateArray().Single(d => d.Text("name") == name);

    /// <summary>What is decided of a disk.</summary>
    public static string Verdict(this JsonElement run, string name) => run.Disk(name).Text("verdict")!;
}
