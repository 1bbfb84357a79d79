using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Sparsify.Scanner.WebHooks;

/// <summary>Posts events to one web hook. It follows no redirect, keeps no cookie, unpacks nothing, and waits for nothing longer than the hook's time-out.</summary>
internal sealed class WebHookClient(WebHookOptions hook, TimeProvider time) : IDisposable
{
    private const int ReadOfAnswer = 2048;

    // Not of the factory, which logs whole addresses; and no span of the runtime's, which names them too.
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        ConnectTimeout = hook.Timeout,
        MaxConnectionsPerServer = hook.Concurrency,
        MaxResponseHeadersLength = 16,
        MaxResponseDrainSize = ReadOfAnswer,
        // A name that has moved is looked up again.
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>Tries once.</summary>
    /// <param name="id">The event's id.</param>
    /// <param name="body">The body.</param>
    public async Task<WebHookAnswer> PostAsync(string id, byte[] body)
    {
        using var limit = new CancellationTokenSource(hook.Timeout, time);
        try
        {
            using var request = Request(id, body);
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            var excerpt = response.IsSuccessStatusCode ? null : await ExcerptAsync(response, limit.Token);
            return WebHookAnswer.Of(response.StatusCode, excerpt, RetryAfter(response.Headers.RetryAfter));
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return WebHookAnswer.None($"no answer within {hook.Timeout}");
        }
        catch (HttpRequestException e)
        {
            // What an answer was that is not HTTP is not told: it may be the request itself, come back.
            return WebHookAnswer.None(e.HttpRequestError == HttpRequestError.InvalidResponse ? "the answer is not HTTP" : e.GetBaseException().Message);
        }
        catch (Exception e) when (WebHookSecrets.IsFault(e))
        {
            return WebHookAnswer.None($"the secret cannot be used: {e.Message}");
        }
    }

    /// <inheritdoc />
    public void Dispose() => _http.Dispose();

    private HttpRequestMessage Request(string id, byte[] body)
    {
        var at = time.GetUtcNow().ToUnixTimeSeconds();
        var request = new HttpRequestMessage(HttpMethod.Post, hook.Target) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(AlertEvent.ContentType);
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("Sparsify.Platform", null));
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", at.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-signature", WebHookSignature.Sign(WebHookSecrets.Read(hook.SecretFile!), id, at, body));
        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity)
            request.Headers.Add("traceparent", activity.Id);
        return request;
    }

    private TimeSpan? RetryAfter(RetryConditionHeaderValue? header)
    {
        var wait = header?.Delta ?? (header?.Date - time.GetUtcNow());
        return wait > TimeSpan.Zero ? wait : null;
    }

    /// <summary>The beginning of the answer, as far as it comes; a token in the address that it may repeat is left out.</summary>
    private async Task<string> ExcerptAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var read = new byte[ReadOfAnswer];
        var length = 0;
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            for (var count = -1; count != 0 && length < read.Length; length += count)
                count = await stream.ReadAsync(read.AsMemory(length), cancellationToken);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException)
        {
            // The status says what matters.
        }

        string[] secret = [hook.Target.PathAndQuery, hook.Target.AbsolutePath, hook.Target.Query];
        return secret.Where(part => part.Length > 1).Aggregate(Encoding.UTF8.GetString(read, 0, length), (text, part) => text.Replace(part, "…", StringComparison.Ordinal));
    }
}
