using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Sparsify.Api.Alerts;
using Sparsify.Api.Disks;
using Sparsify.Api.Hosts;
using Sparsify.Api.Operations;
using Sparsify.Api.Paging;
using Sparsify.Api.Policies;
using Sparsify.Api.StorageDomains;
using Sparsify.Contracts;

namespace Sparsify.Cli.Remote;

/// <summary>The REST API, as the remote verbs need it.</summary>
internal sealed class PlatformClient(Uri url) : IDisposable
{
    private const int PageSize = 500;
    private readonly HttpClient _http = new() { BaseAddress = new Uri(url, "/api/v1/"), Timeout = Timeout.InfiniteTimeSpan };

    public IAsyncEnumerable<DiskView> DisksAsync(string? search, bool onlyNeeding, CancellationToken cancellationToken) =>
        AllAsync<DiskView>($"disks?limit={PageSize}{(search is null ? "" : $"&search={Uri.EscapeDataString(search)}")}{(onlyNeeding ? "&needsSparsify=true" : "")}", cancellationToken);

    public IAsyncEnumerable<AlertView> AlertsAsync(bool all, CancellationToken cancellationToken) => AllAsync<AlertView>($"alerts?limit={PageSize}{(all ? "&all=true" : "")}", cancellationToken);

    public Task<Page<OperationView>> OperationsAsync(int limit, CancellationToken cancellationToken) => GetAsync<Page<OperationView>>($"operations?limit={limit}", cancellationToken);

    public Task<OperationView> OperationAsync(Guid id, CancellationToken cancellationToken) => GetAsync<OperationView>($"operations/{id}", cancellationToken);

    public Task<Page<HostView>> HostsAsync(CancellationToken cancellationToken) => GetAsync<Page<HostView>>("hosts", cancellationToken);

    public Task<HostView> DrainAsync(string host, bool draining, CancellationToken cancellationToken) => PostAsync<HostView>($"hosts/{Uri.EscapeDataString(host)}/{(draining ? "drain" : "resume")}", null, cancellationToken);

    public Task<Page<StorageDomainView>> StorageDomainsAsync(CancellationToken cancellationToken) => GetAsync<Page<StorageDomainView>>("storage-domains", cancellationToken);

    public Task<ScanView> ScanAsync(string storageDomain, CancellationToken cancellationToken) => PostAsync<ScanView>(ScanPath(storageDomain), null, cancellationToken);

    public Task<ScanView> ScanProgressAsync(ScanView scan, CancellationToken cancellationToken) =>
        GetAsync<ScanView>(string.Create(CultureInfo.InvariantCulture, $"{ScanPath(scan.StorageDomain)}?since={scan.Since.UtcDateTime:O}"), cancellationToken);

    public Task<OperationView> SparsifyAsync(Guid diskId, SparsifyBody body, CancellationToken cancellationToken) => PostAsync<OperationView>($"disks/{diskId}/sparsify", body, cancellationToken);

    public Task<DryRunView> DryRunAsync(Guid diskId, SparsifyBody body, CancellationToken cancellationToken) => PostAsync<DryRunView>($"disks/{diskId}/sparsify", body, cancellationToken);

    public Task<OperationView> ResolveAsync(Guid id, ResolveBody body, CancellationToken cancellationToken) => PostAsync<OperationView>($"operations/{id}/resolve", body, cancellationToken);

    public Task<OperationView> CancelAsync(Guid id, CancellationToken cancellationToken) => PostAsync<OperationView>($"operations/{id}/cancel", null, cancellationToken);

    public IAsyncEnumerable<PolicyView> PoliciesAsync(string? name, CancellationToken cancellationToken) => AllAsync<PolicyView>($"policies?limit={PageSize}{(name is null ? "" : $"&name={Uri.EscapeDataString(name)}")}", cancellationToken);

    public Task<PolicyView> CreatePolicyAsync(Policy policy, CancellationToken cancellationToken) => PostAsync<PolicyView>("policies", policy, cancellationToken);

    public async Task<PolicyView> ReplacePolicyAsync(PolicyView known, Policy policy, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Put, known, JsonContent.Create(policy), cancellationToken);
        return await ReadAsync<PolicyView>(response, cancellationToken);
    }

    public async Task DeletePolicyAsync(PolicyView known, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Delete, known, content: null, cancellationToken);
        await RefusedException.ThrowIfRefusedAsync(response, cancellationToken);
    }

    public Task<PolicyPreviewed> PreviewPolicyAsync(Guid id, CancellationToken cancellationToken) => PostAsync<PolicyPreviewed>($"policies/{id}/preview", null, cancellationToken);

    public Task<PolicyRunView> RunPolicyAsync(Guid id, RunPolicyBody body, CancellationToken cancellationToken) => PostAsync<PolicyRunView>($"policies/{id}/run", body, cancellationToken);

    public Task<Page<PolicyRunView>> PolicyRunsAsync(Guid id, int limit, CancellationToken cancellationToken) => GetAsync<Page<PolicyRunView>>($"policies/{id}/runs?limit={limit}", cancellationToken);

    /// <summary>The operation now and after each change, until a final state or the end of the connection.</summary>
    public async IAsyncEnumerable<OperationView> WatchAsync(Guid id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var response = await _http.GetAsync($"operations/{id}/events", HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        await RefusedException.ThrowIfRefusedAsync(response, cancellationToken);
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        await foreach (var item in SseParser.Create(stream, (_, data) => JsonSerializer.Deserialize<OperationView>(data, JsonSerializerOptions.Web)!).EnumerateAsync(cancellationToken))
            yield return item.Data;
    }

    public void Dispose() => _http.Dispose();

    private static string ScanPath(string storageDomain) => $"storage-domains/{Uri.EscapeDataString(storageDomain)}/scan";

    private async IAsyncEnumerable<T> AllAsync<T>(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? after = null;
        do
        {
            var page = await GetAsync<Page<T>>(after is null ? path : $"{path}&after={after}", cancellationToken);
            foreach (var item in page.Items)
                yield return item;
            after = page.Next;
        }
        while (after is not null);
    }

    private async Task<T> GetAsync<T>(string path, CancellationToken cancellationToken)
    {
        using var response = await _http.GetAsync(path, cancellationToken);
        return await ReadAsync<T>(response, cancellationToken);
    }

    private async Task<T> PostAsync<T>(string path, object? body, CancellationToken cancellationToken)
    {
        using var response = await _http.PostAsync(path, body is null ? null : JsonContent.Create(body, body.GetType()), cancellationToken);
        return await ReadAsync<T>(response, cancellationToken);
    }

    /// <summary>Changes a policy as it was read, and no other.</summary>
    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, PolicyView known, HttpContent? content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, $"policies/{known.Id}") { Content = content };
        request.Headers.IfMatch.Add(new EntityTagHeaderValue($"\"{known.Revision}\""));
        return await _http.SendAsync(request, cancellationToken);
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await RefusedException.ThrowIfRefusedAsync(response, cancellationToken);
        return (await response.Content.ReadFromJsonAsync<T>(cancellationToken))!;
    }
}
