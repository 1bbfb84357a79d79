using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Sparsify.Testing.Platforms;

/// <summary>The REST API as a client sees it: plain JSON.</summary>
public sealed class PlatformClient(HttpClient http) : IDisposable
{
    private static readonly string[] FinalStates = ["Completed", "Failed", "Rejected", "Skipped", "Canceled"];
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);

    /// <summary>For what has no method here.</summary>
    public HttpClient Http { get; } = http;

    /// <summary>GETs an address that must answer 200.</summary>
    public async Task<JsonElement> GetAsync(string path)
    {
        using var answer = await Http.GetAsync(new Uri(path, UriKind.Relative));
        var body = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode ? JsonSerializer.Deserialize<JsonElement>(body) : throw new InvalidOperationException($"GET {path} answered {(int)answer.StatusCode}: {body}");
    }

    /// <summary>Waits for a disk by name, until it satisfies a condition.</summary>
    public async Task<JsonElement> DiskAsync(string name, Func<JsonElement, bool>? condition = null, TimeSpan? limit = null)
    {
        JsonElement last = default;
        return await UntilAsync(
            async () =>
            {
                foreach (var disk in (await GetAsync("/api/v1/disks?limit=500")).GetProperty("items").EnumerateArray().Where(d => d.GetProperty("name").GetString() == name))
                {
                    last = disk;
                    if (condition?.Invoke(disk) != false)
                        return disk;
                }

                return (JsonElement?)null;
            },
            limit ?? TimeSpan.FromSeconds(60),
            () => $"disk '{name}' was as wanted; last seen: {last}");
    }

    /// <summary>Asks for a disk to be sparsified.</summary>
    public Task<(HttpStatusCode Status, JsonElement Body)> SparsifyAsync(Guid disk, object? body = null) => PostAsync($"/api/v1/disks/{disk}/sparsify", body ?? new { });

    /// <summary>POSTs a body and reads what is answered.</summary>
    public async Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(string path, object body)
    {
        using var answer = await Http.PostAsJsonAsync(path, body);
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }

    /// <summary>Asks for an operation to be canceled.</summary>
    public async Task<HttpStatusCode> CancelAsync(Guid operation)
    {
        using var answer = await Http.PostAsync(new Uri($"/api/v1/operations/{operation}/cancel", UriKind.Relative), null);
        return answer.StatusCode;
    }

    /// <summary>One operation.</summary>
    public Task<JsonElement> OperationAsync(Guid id) => GetAsync($"/api/v1/operations/{id}");

    /// <summary>Waits until an operation is in one of the states; without any, in a final one.</summary>
    public async Task<JsonElement> OperationInAsync(Guid id, TimeSpan limit, params string[] states)
    {
        JsonElement last = default;
        return await UntilAsync(
            async () =>
            {
                using var answer = await Http.GetAsync(new Uri($"/api/v1/operations/{id}", UriKind.Relative));
                if (answer.StatusCode == HttpStatusCode.NotFound)
                    return (JsonElement?)null; // asked for by a message, it comes later
                last = await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>();
                return (states.Length == 0 ? FinalStates : states).Contains(last.GetProperty("state").GetString()) ? last : (JsonElement?)null;
            },
            limit,
            () => $"the operation was {(states.Length == 0 ? "at its end" : string.Join(" or ", states))}; last seen: {last}");
    }

    /// <summary>Listens to an operation's events until the last.</summary>
    public async Task FinalEventAsync(Guid id, TimeSpan limit)
    {
        using var timeout = new CancellationTokenSource(limit);
        await using var stream = await Http.GetStreamAsync(new Uri($"/api/v1/operations/{id}/events", UriKind.Relative), timeout.Token);
        await stream.CopyToAsync(Stream.Null, timeout.Token);
    }

    /// <summary>Waits until a host can claim jobs: the first time it starts an appliance before.</summary>
    public Task UntilHostIsReadyAsync() => UntilAsync(
        async () => (await GetAsync("/api/v1/hosts")).GetProperty("items").EnumerateArray().Any(h => h.GetProperty("notClaimingBecause").ValueKind == JsonValueKind.Null) ? true : (bool?)null,
        TimeSpan.FromMinutes(3),
        () => "a host claims jobs");

    /// <summary>Asks again and again.</summary>
    public static async Task<T> UntilAsync<T>(Func<Task<T?>> ask, TimeSpan limit, Func<string> what)
        where T : struct
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            if (await ask() is { } answer)
                return answer;
            if (watch.Elapsed > limit)
                throw new TimeoutException($"After {limit} still waiting until {what()}");
            await Task.Delay(Poll);
        }
    }

    /// <inheritdoc />
    public void Dispose() => Http.Dispose();
}
