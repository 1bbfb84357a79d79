using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Sparsify.Platform.Tests.Hosting;
using Sparsify.Testing.Servers;
using Xunit;

namespace Sparsify.Platform.Tests.Rest;

/// <summary>Requests that are wrong, or meant to harm.</summary>
public sealed class HostileRequestTests
{
    [Fact]
    public async Task Wrong_requests_are_refused_with_a_code_and_what_is_wrong()
    {
        await using var platform = await TestPlatform.StartAsync(BackEndKind.Embedded);
        var disk = await platform.AddDiskAsync();
        var sparsify = $"/api/v1/disks/{disk}/sparsify";
        await RefusedAsync(platform, sparsify, "{", 400, "INVALID_REQUEST");
        await RefusedAsync(platform, sparsify, """{"priority":"urgent"}""", 400, "INVALID_REQUEST");
        await RefusedAsync(platform, sparsify, """{"alowSnapshots":true}""", 400, "INVALID_REQUEST", "alowSnapshots");
        await RefusedAsync(platform, sparsify, """{"requestId":"00000000-0000-0000-0000-000000000000"}""", 400, "INVALID_REQUEST", "requestId");
        await RefusedAsync(platform, sparsify, $$"""{"requestedBy":"{{new string('a', 256)}}"}""", 400, "INVALID_REQUEST", "requestedBy");
        await RefusedAsync(platform, sparsify, $$"""{"requestedBy":"{{new string('a', 100_000)}}"}""", 413, "INVALID_REQUEST");
        await RefusedAsync(platform, $"/api/v1/operations/{Guid.NewGuid()}/cancel", "{}", 404, "OPERATION_NOT_FOUND");
        await RefusedAsync(platform, "/api/v1/storage-domains/nowhere/scan", "{}", 404, "STORAGE_DOMAIN_NOT_FOUND");
        await RefusedAsync(platform, "/api/v1/storage-domains/nowhere/scan?since=yesterday", null, 400, "INVALID_REQUEST");
        await RefusedAsync(platform, "/api/v1/disks?limit=0", null, 400, "INVALID_REQUEST", "limit");
        await RefusedAsync(platform, "/api/v1/disks?limit=many", null, 400, "INVALID_REQUEST");
        await RefusedAsync(platform, "/api/v1/disks?after=%3B%3B", null, 400, "INVALID_REQUEST", "after");
        await RefusedAsync(platform, "/api/v1/disks/not-an-id", null, 404, "NOT_FOUND");
        await RefusedAsync(platform, $"/api/v1/operations/{Guid.NewGuid()}/events", null, 404, "OPERATION_NOT_FOUND");
        Assert.Empty((await platform.Client.GetAsync("/api/v1/operations")).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task A_web_page_of_another_site_can_start_nothing()
    {
        await using var platform = await TestPlatform.StartAsync(BackEndKind.Embedded);
        var disk = await platform.AddDiskAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/disks/{disk}/sparsify") { Content = JsonContent.Create(new { }) };
        request.Headers.Add("Sec-Fetch-Site", "cross-site");
        using var answer = await platform.Client.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal("CROSS_SITE", (await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).Text("code"));
        // A page's form sends text, not JSON.
        using var form = await platform.Client.Http.PostAsync(new Uri($"/api/v1/disks/{disk}/sparsify", UriKind.Relative), new StringContent("{}", Encoding.UTF8, "text/plain"), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, form.StatusCode);
    }

    [Fact]
    public async Task The_description_names_every_call_and_its_answers()
    {
        await using var platform = await TestPlatform.StartAsync(BackEndKind.Embedded);
        var description = await platform.Client.GetAsync("/openapi/v1.json");
        Assert.StartsWith("3.1", description.Text("openapi"), StringComparison.Ordinal);
        Assert.Equal(
            [
                "/api/v1/alerts", "/api/v1/disks", "/api/v1/disks/{id}", "/api/v1/disks/{id}/measurements", "/api/v1/disks/{id}/sparsify", "/api/v1/hosts", "/api/v1/hosts/{name}/drain", "/api/v1/hosts/{name}/resume", "/api/v1/operations", "/api/v1/operations/{id}",
                "/api/v1/operations/{id}/cancel", "/api/v1/operations/{id}/events", "/api/v1/operations/{id}/resolve", "/api/v1/policies", "/api/v1/policies/{id}", "/api/v1/policies/{id}/preview", "/api/v1/policies/{id}/run", "/api/v1/policies/{id}/runs", "/api/v1/policies/{id}/runs/{runId}", "/api/v1/storage-domains",
                "/api/v1/storage-domains/{name}/scan",
            ],
            description.GetProperty("paths").EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal));
        var answers = description.GetProperty("paths").GetProperty("/api/v1/disks/{id}/sparsify").GetProperty("post").GetProperty("responses").EnumerateObject().Select(r => r.Name);
        Assert.Equal(["200", "202", "400", "404", "409", "422", "503"], answers.Order());
    }

    private static async Task RefusedAsync(TestPlatform platform, string path, string? body, int status, string code, string? names = null)
    {
        var address = new Uri(path, UriKind.Relative);
        using var answer = body is null
            ? await platform.Client.Http.GetAsync(address)
            : await platform.Client.Http.PostAsync(address, new StringContent(body, Encoding.UTF8, "application/json"));
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(status == (int)answer.StatusCode, $"{path} {body?[..Math.Min(60, body.Length)]} answered {(int)answer.StatusCode}: {text}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = JsonSerializer.Deserialize<JsonElement>(text);
        Assert.Equal(code, problem.Text("code"));
        if (names is not null)
            Assert.Contains(names, problem.Text("detail"), StringComparison.Ordinal);
    }
}
