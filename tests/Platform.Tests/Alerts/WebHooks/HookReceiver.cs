using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;

namespace Sparsify.Platform.Tests.Alerts.WebHooks;

/// <summary>A real HTTP server that is told how to answer. It checks every signature by itself, against the secret it was given.</summary>
internal sealed class HookReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Func<HttpContext, Task>> _next = new();
    private readonly ConcurrentQueue<ReceivedEvent> _received = new();
    private readonly ConcurrentQueue<ReceivedEvent> _taken = new();
    private int _now;
    private int _most;

    private HookReceiver(WebApplication app) => _app = app;

    /// <summary>All that came, whatever became of it.</summary>
    public IReadOnlyList<ReceivedEvent> Received => [.. _received];

    /// <summary>What was answered with success.</summary>
    public IReadOnlyList<ReceivedEvent> Taken => [.. _taken];

    /// <summary>The most requests that were here at once.</summary>
    public int MostAtOnce => _most;

    /// <summary>The secrets of which any may have signed.</summary>
    public byte[][] Secrets { get; set; } = [Encoding.UTF8.GetBytes(Secret)];

    /// <summary>How what is not foreseen is answered.</summary>
    public Func<HttpContext, Task> Otherwise { get; set; } = Answers.Status(204);

    public const string Secret = "a-secret-for-the-tests-alone";

    public string Url { get; private init; } = "";

    public static async Task<HookReceiver> StartAsync(int port = 0, X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(k => k.Listen(IPAddress.Loopback, port, listen =>
        {
            if (certificate is not null)
                listen.UseHttps(certificate);
        }));
        if (certificate is not null)
            builder.WebHost.UseKestrelHttpsConfiguration();
        var app = builder.Build();
        HookReceiver? receiver = null;
        app.Run(context => receiver!.HandleAsync(context));
        await app.StartAsync();
        receiver = new HookReceiver(app) { Url = $"{app.Urls.Single()}/hooks/T0K3N" };
        return receiver;
    }

    /// <summary>How the next requests are answered, one after the other.</summary>
    public void Next(params IEnumerable<Func<HttpContext, Task>> answers)
    {
        foreach (var answer in answers)
            _next.Enqueue(answer);
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        try
        {
            await _app.StopAsync(now.Token);
        }
        catch (OperationCanceledException)
        {
            // Some request was to hang for ever.
        }

        await _app.DisposeAsync();
    }

    private async Task HandleAsync(HttpContext context)
    {
        var atOnce = Interlocked.Increment(ref _now);
        _most = Math.Max(_most, atOnce);
        try
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            var received = Read(context.Request, body.ToArray());
            _received.Enqueue(received);
            await (_next.TryDequeue(out var answer) ? answer : Otherwise)(context);
            if (context.Response.StatusCode is >= 200 and < 300 && !context.RequestAborted.IsCancellationRequested)
                _taken.Enqueue(received);
        }
        finally
        {
            Interlocked.Decrement(ref _now);
        }
    }

    private ReceivedEvent Read(HttpRequest request, byte[] body)
    {
        string id = request.Headers["webhook-id"]!, at = request.Headers["webhook-timestamp"]!;
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{at}."), .. body];
        var accepted = Secrets.Select(secret => $"v1,{Convert.ToBase64String(HMACSHA256.HashData(secret, signed))}");
        if (!request.Headers["webhook-signature"].ToString().Split(' ').Intersect(accepted).Any())
            throw new InvalidOperationException($"Event {id} is not signed by a secret that this receiver knows.");
        if (Math.Abs(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - long.Parse(at, CultureInfo.InvariantCulture)) > 60)
            throw new InvalidOperationException($"Event {id} was signed at {at}: too long ago.");
        return new ReceivedEvent(id, request.ContentType, request.Headers["traceparent"], JsonDocument.Parse(body).RootElement, DateTimeOffset.UtcNow);
    }
}
