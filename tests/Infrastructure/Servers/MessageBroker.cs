using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Sparsify.Testing.Platforms;

namespace Sparsify.Testing.Servers;

/// <summary>One virtual host of the tests' RabbitMQ, for one test.</summary>
public sealed class MessageBroker : IAsyncDisposable
{
    private readonly HttpClient _http;
    private readonly string _name;
    private readonly List<string> _users = [];

    private MessageBroker(HttpClient http, string name, Uri uri) => (_http, _name, Uri) = (http, name, uri);

    /// <summary>The virtual host's address, with credentials.</summary>
    public Uri Uri { get; }

    /// <summary>Makes a virtual host.</summary>
    /// <param name="servers">Where; the servers of this test run unless given.</param>
    public static async Task<MessageBroker> CreateAsync(ServerAddresses? servers = null)
    {
        servers ??= await TestServers.GetAsync();
        var name = $"test-{Guid.NewGuid():N}";
        var http = new HttpClient { BaseAddress = servers.RabbitMqManagement };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(servers.RabbitMq.UserInfo)));
        var user = servers.RabbitMq.UserInfo.Split(':')[0];
        (await http.PutAsJsonAsync($"/api/vhosts/{name}", new { })).EnsureSuccessStatusCode();
        (await http.PutAsJsonAsync($"/api/permissions/{name}/{user}", new { configure = ".*", write = ".*", read = ".*" })).EnsureSuccessStatusCode();
        return new MessageBroker(http, name, new Uri(servers.RabbitMq, $"/{name}"));
    }

    /// <summary>Every queue: name, type, arguments, counts.</summary>
    public async Task<IReadOnlyList<JsonElement>> QueuesAsync() =>
        [.. (await _http.GetFromJsonAsync<JsonElement>($"/api/queues/{_name}")).EnumerateArray()];

    /// <summary>Takes up to <paramref name="count"/> messages from a queue and leaves them there.</summary>
    /// <returns>Each with <c>properties</c> (and <c>headers</c> in them) and <c>payload_bytes</c>; empty when there is no such queue.</returns>
    public async Task<IReadOnlyList<JsonElement>> PeekAsync(string queue, int count = 10)
    {
        var answer = await _http.PostAsJsonAsync($"/api/queues/{_name}/{queue}/get", new { count, ackmode = "ack_requeue_true", encoding = "auto", truncate = 50_000 });
        // 400 while the queue is being made.
        return answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.BadRequest ? [] : [.. (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>()).EnumerateArray()];
    }

    /// <summary>Publishes plain JSON to the exchange of a message type, as a foreign client does.</summary>
    public async Task PublishAsync(string messageType, object message)
    {
        var answer = await _http.PostAsJsonAsync($"/api/exchanges/{_name}/{System.Uri.EscapeDataString($"Sparsify.Contracts:{messageType}")}/publish", new
        {
            routing_key = "",
            properties = new { content_type = "application/json", delivery_mode = 2 },
            payload = JsonSerializer.Serialize(message, JsonSerializerOptions.Web),
            payload_encoding = "string",
        });
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Makes an account that may do everything in this virtual host, and ends with it at the latest.</summary>
    public async Task AddUserAsync(string name, string password)
    {
        _users.Add(name);
        (await _http.PutAsJsonAsync($"/api/users/{name}", new { password, tags = "" })).EnsureSuccessStatusCode();
        (await _http.PutAsJsonAsync($"/api/permissions/{_name}/{name}", new { configure = ".*", write = ".*", read = ".*" })).EnsureSuccessStatusCode();
    }

    /// <summary>Takes an account away.</summary>
    public async Task RemoveUserAsync(string name) => (await _http.DeleteAsync(new Uri($"/api/users/{name}", UriKind.Relative))).EnsureSuccessStatusCode();

    /// <summary>Closes every connection to this virtual host, as a network fault or a broker's restart would. There must be one.</summary>
    /// <exception cref="TimeoutException">There is none to cut.</exception>
    public async Task CutConnectionsAsync()
    {
        // The broker lists a connection some seconds after it was made: a cut before that would cut nothing.
        await PlatformClient.UntilAsync<bool>(async () => (await ConnectionsAsync()).Length > 0 ? true : null, TimeSpan.FromSeconds(30), () => $"the broker lists a connection to {_name}");
        foreach (var connection in await ConnectionsAsync())
        {
            using var answer = await _http.DeleteAsync(new Uri($"/api/connections/{System.Uri.EscapeDataString(connection)}", UriKind.Relative));
            if (answer.StatusCode != HttpStatusCode.NotFound)
                answer.EnsureSuccessStatusCode();
        }
    }

    private async Task<string[]> ConnectionsAsync() =>
        [.. (await _http.GetFromJsonAsync<JsonElement>($"/api/vhosts/{_name}/connections")).EnumerateArray().Select(c => c.GetProperty("name").GetString()!)];

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        foreach (var user in _users)
            await _http.DeleteAsync(new Uri($"/api/users/{user}", UriKind.Relative));
        await _http.DeleteAsync(new Uri($"/api/vhosts/{_name}", UriKind.Relative));
        _http.Dispose();
    }
}
