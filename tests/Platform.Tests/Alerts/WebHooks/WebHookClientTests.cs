using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Sparsify.Contracts;
using Sparsify.Scanner.WebHooks;
using Sparsify.Testing.Processes;
using Xunit;

namespace Sparsify.Platform.Tests.Alerts.WebHooks;

/// <summary>One try, against real servers that fail in every way: it ends in time, and never with an exception.</summary>
public sealed class WebHookClientTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);
    private readonly TestFolder _folder = TestFolder.Create("hooks");

    public static TheoryData<string, Func<HttpContext, Task>, string, int?> Failures => new()
    {
        { "never", Answers.Never, nameof(WebHookOutcome.Failed), null },
        { "reset", Answers.Reset, nameof(WebHookOutcome.Failed), null },
        { "reset in the middle", Answers.ResetInTheMiddle, nameof(WebHookOutcome.Failed), 500 },
        { "drip", Answers.Drip, nameof(WebHookOutcome.Failed), 500 },
        { "huge", Answers.Huge(500), nameof(WebHookOutcome.Failed), 500 },
        { "huge success", Answers.Huge(200), nameof(WebHookOutcome.Delivered), 200 },
        { "500", Answers.Status(500, "oops"), nameof(WebHookOutcome.Failed), 500 },
        { "503", Answers.Status(503), nameof(WebHookOutcome.Failed), 503 },
        { "429", Answers.Status(429), nameof(WebHookOutcome.Failed), 429 },
        { "408", Answers.Status(408), nameof(WebHookOutcome.Failed), 408 },
        { "425", Answers.Status(425), nameof(WebHookOutcome.Failed), 425 },
        { "302", Answers.Status(302, "", ("Location", "/elsewhere")), nameof(WebHookOutcome.Failed), 302 },
        { "307", Answers.Status(307, "", ("Location", "/elsewhere")), nameof(WebHookOutcome.Failed), 307 },
        { "410", Answers.Status(410), nameof(WebHookOutcome.Refused), 410 },
        { "400", Answers.Status(400, "no such event"), nameof(WebHookOutcome.Refused), 400 },
        { "401", Answers.Status(401, "", ("WWW-Authenticate", "Basic")), nameof(WebHookOutcome.Refused), 401 },
        { "packed", Answers.Status(400, "\u001f\u008b\0\0", ("Content-Encoding", "gzip")), nameof(WebHookOutcome.Refused), 400 },
        { "cookie", Answers.Status(200, "ok", ("Set-Cookie", "a=b")), nameof(WebHookOutcome.Delivered), 200 },
        { "202", Answers.Status(202), nameof(WebHookOutcome.Delivered), 202 },
    };

    [Theory]
    [MemberData(nameof(Failures), DisableDiscoveryEnumeration = true)]
    public async Task Every_answer_has_its_outcome(string what, Func<HttpContext, Task> answer, string outcome, int? status)
    {
        await using var receiver = await HookReceiver.StartAsync();
        receiver.Otherwise = answer;
        var (got, time) = await PostAsync(receiver.Url);
        Assert.Equal((what, outcome, status), (what, got.Outcome.ToString(), got.Status));
        Assert.InRange(time, TimeSpan.Zero, Limit + TimeSpan.FromSeconds(2));
        Assert.Equal(Body, Assert.Single(receiver.Received).Body.GetRawText());
        Assert.DoesNotContain("T0K3N", got.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_beginning_of_an_answer_is_kept_without_the_token_of_the_address()
    {
        await using var receiver = await HookReceiver.StartAsync();
        receiver.Otherwise = context => Answers.Status(404, $"Cannot POST {context.Request.Path}")(context);
        Assert.Equal("HTTP 404: Cannot POST …", (await PostAsync(receiver.Url)).Answer.Error);
        Assert.Equal("HTTP 404", (await PostAsync(receiver.Url)).Answer.Reason);
    }

    [Fact]
    public async Task Retry_after_is_understood_as_seconds_and_as_a_date_and_nonsense_is_not()
    {
        await using var receiver = await HookReceiver.StartAsync();
        receiver.Next(new[] { "120", DateTimeOffset.UtcNow.AddMinutes(2).ToString("R"), DateTimeOffset.UtcNow.AddMinutes(-2).ToString("R"), "-5", "soon", "99999999999999999999" }.Select(value => Answers.Status(503, "", ("Retry-After", value))));
        var (first, _) = await PostAsync(receiver.Url);
        Assert.Equal((503, "HTTP 503", TimeSpan.FromSeconds(120)), (first.Status, first.Error, first.RetryAfter));
        Assert.InRange((await PostAsync(receiver.Url)).Answer.RetryAfter!.Value, TimeSpan.FromSeconds(110), TimeSpan.FromSeconds(121));
        for (var i = 0; i < 4; i++)
            Assert.Null((await PostAsync(receiver.Url)).Answer.RetryAfter);
    }

    [Fact]
    public async Task Nobody_listens()
    {
        var (answer, _) = await PostAsync($"http://127.0.0.1:{FreePort.Next()}/hooks/T0K3N");
        Assert.Equal((WebHookOutcome.Failed, null), (answer.Outcome, answer.Status));
        Assert.Contains("refused", answer.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_that_is_reset_by_force_fails()
    {
        await using var receiver = new RawReceiver(async (stream, ct) =>
        {
            await stream.ReadExactlyAsync(new byte[10], ct);
            stream.Socket.LingerState = new LingerOption(true, 0);
            stream.Close();
        });
        Assert.Equal((WebHookOutcome.Failed, null), await OutcomeAsync(receiver.Url));
    }

    [Fact]
    public async Task An_answer_that_is_not_HTTP_fails_and_is_not_told()
    {
        // What came is sent back: with the address in it.
        await using var echo = new RawReceiver((stream, ct) => stream.CopyToAsync(stream, ct));
        var (answer, _) = await PostAsync(echo.Url);
        Assert.Equal((WebHookOutcome.Failed, null, "the answer is not HTTP"), (answer.Outcome, answer.Status, answer.Error));
    }

    [Fact]
    public async Task Headers_that_drip_or_never_end_are_cut_off()
    {
        await using var drips = new RawReceiver(async (stream, ct) =>
        {
            foreach (var b in "HTTP/1.1 200 OK\r\n"u8.ToArray().Concat(Enumerable.Repeat((byte)'x', 1000)))
            {
                await stream.WriteAsync(new[] { b }, ct);
                await Task.Delay(100, ct);
            }
        });
        Assert.Equal((WebHookOutcome.Failed, null), await OutcomeAsync(drips.Url));
        await using var endless = new RawReceiver(async (stream, ct) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\n"u8.ToArray(), ct);
            while (true)
                await stream.WriteAsync("x: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n"u8.ToArray(), ct);
        });
        Assert.Equal((WebHookOutcome.Failed, null), await OutcomeAsync(endless.Url));
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_is_not_trusted()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        await using var receiver = await HookReceiver.StartAsync(certificate: certificate);
        var (answer, _) = await PostAsync(receiver.Url);
        Assert.Equal((WebHookOutcome.Failed, null), (answer.Outcome, answer.Status));
        Assert.Contains("certificate", answer.Reason, StringComparison.Ordinal);
        Assert.Empty(receiver.Received);
    }

    [Fact]
    public async Task A_new_secret_counts_from_the_next_try_and_without_one_nothing_is_sent()
    {
        await using var receiver = await HookReceiver.StartAsync();
        using var client = Client(receiver.Url);
        Assert.Equal(WebHookOutcome.Delivered, (await client.PostAsync("1", Encoding.UTF8.GetBytes(Body))).Outcome);
        await File.WriteAllTextAsync(SecretPath, "the-next-secret-of-the-tests\n" + HookReceiver.Secret);
        Assert.Equal(WebHookOutcome.Delivered, (await client.PostAsync("2", Encoding.UTF8.GetBytes(Body))).Outcome);
        receiver.Secrets = [Encoding.UTF8.GetBytes("the-next-secret-of-the-tests")];
        Assert.Equal(WebHookOutcome.Delivered, (await client.PostAsync("3", Encoding.UTF8.GetBytes(Body))).Outcome);
        await File.WriteAllTextAsync(SecretPath, "short");
        var without = await client.PostAsync("4", Encoding.UTF8.GetBytes(Body));
        Assert.Equal(WebHookOutcome.Failed, without.Outcome);
        Assert.DoesNotContain("short'", without.Error, StringComparison.Ordinal);
        File.Delete(SecretPath);
        Assert.Contains(SecretPath, (await client.PostAsync("5", Encoding.UTF8.GetBytes(Body))).Error, StringComparison.Ordinal);
        Assert.Equal(["1", "2", "3"], receiver.Taken.Select(e => e.Id));
        Assert.Equal(3, receiver.Received.Count);
    }

    public void Dispose() => _folder.Dispose();

    private static string Body { get; } = Encoding.UTF8.GetString(AlertEvent.Of(new SparsifyNeedCleared
    {
        AlertId = Guid.NewGuid(),
        Revision = 1,
        DiskId = Guid.NewGuid(),
        Reason = NeedClearedReason.DiskRemoved,
        RaisedAt = DateTimeOffset.UtcNow,
        ClearedAt = DateTimeOffset.UtcNow,
    }).Write("/sparsify"));

    private string SecretPath => _folder.File("secret");

    private async Task<(WebHookOutcome, int?)> OutcomeAsync(string url)
    {
        var (answer, time) = await PostAsync(url);
        Assert.InRange(time, TimeSpan.Zero, Limit + TimeSpan.FromSeconds(2));
        return (answer.Outcome, answer.Status);
    }

    private async Task<(WebHookAnswer Answer, TimeSpan Time)> PostAsync(string url)
    {
        using var client = Client(url);
        var timer = Stopwatch.StartNew();
        var answer = await client.PostAsync("id", Encoding.UTF8.GetBytes(Body));
        return (answer, timer.Elapsed);
    }

    private WebHookClient Client(string url)
    {
        File.WriteAllText(SecretPath, HookReceiver.Secret);
        return new WebHookClient(new WebHookOptions { Url = url, SecretFile = SecretPath, Timeout = Limit }, TimeProvider.System);
    }
}
