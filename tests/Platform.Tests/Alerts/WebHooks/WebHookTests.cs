using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Sparsify.Platform.Tests.Hosting;
using Sparsify.Scanner.Storage;
using Sparsify.Testing.Platforms;
using Sparsify.Testing.Processes;
using Sparsify.Testing.Servers;
using Xunit;
using TestPlatform = Sparsify.Platform.Tests.Hosting.TestPlatform;

namespace Sparsify.Platform.Tests.Alerts.WebHooks;

/// <summary>From the alert to the receiver, whatever the receiver does.</summary>
public sealed partial class WebHookTests : IDisposable
{
    private readonly TestFolder _folder = TestFolder.Create("hooks");

    [Theory]
    [InlineData(BackEndKind.Embedded)]
    [InlineData(BackEndKind.Distributed)]
    public async Task Every_event_is_taken_once_and_in_the_order_of_its_disk_by_a_receiver_that_fails_in_every_way_and_recovers(BackEndKind kind)
    {
        var port = FreePort.Next();
        await using var platform = await TestPlatform.StartAsync(kind, Hook("ops", $"http://127.0.0.1:{port}/hooks/T0K3N"));
        // Nobody listens yet.
        var disks = new[] { await AddAsync(platform, "one"), await AddAsync(platform, "two") };
        await TestPlatform.UntilAsync(() => platform.WithAsync<ScannerDbContext, bool>(db => db.WebHookDeliveries.AnyAsync(d => d.Attempts > 1 && d.LastError != null)), "tries fail");
        await using var receiver = await HookReceiver.StartAsync(port);
        receiver.Next(
            Answers.Reset, Answers.ResetInTheMiddle, Answers.Never, Answers.Drip, Answers.Status(500), Answers.Status(503, "", ("Retry-After", "1")), Answers.Status(429),
            Answers.Status(302, "", ("Location", "/elsewhere")), Answers.Huge(500), Answers.Status(408), Answers.Status(425), Answers.Status(504));
        foreach (var _ in Enumerable.Range(0, 2))
        {
            foreach (var disk in disks)
                await AlertTests.MeasureAsync(platform, disk, 0);
            foreach (var disk in disks)
                await AlertTests.MeasureAsync(platform, disk, 500);
        }

        await TestPlatform.UntilAsync(() => platform.WithAsync<ScannerDbContext, bool>(async db => !await db.WebHookDeliveries.AnyAsync()), "all is delivered");
        Assert.Equal(receiver.Received.Count, receiver.Taken.Count + 12);
        Assert.Equal(10, receiver.Taken.Count);
        Assert.Equal(10, receiver.Taken.DistinctBy(e => e.Id).Count());
        foreach (var disk in disks)
        {
            var taken = receiver.Taken.Where(e => e.Disk == disk).ToList();
            string[] types = [Needed, Cleared, Needed, Cleared, Needed];
            Assert.Equal(types, taken.Select(e => e.Type));
            Assert.Equal([1, 2, 1, 2, 1], taken.Select(e => e.News.Revision));
            Assert.Equal(3, taken.DistinctBy(e => e.News.Alert).Count());
        }

        Assert.All(receiver.Taken, e => Assert.Equal(("application/cloudevents+json; charset=utf-8", "1.0"), (e.ContentType, e.Body.GetProperty("specversion").GetString())));
        // The trace of the alert goes on at the receiver.
        Assert.All(receiver.Taken, e => Assert.Matches("^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$", e.TraceParent!));
    }

    [Theory]
    [InlineData(BackEndKind.Embedded)]
    [InlineData(BackEndKind.Distributed)]
    public async Task What_is_refused_is_kept_lets_later_events_pass_and_is_sent_again_by_the_statement_of_the_README(BackEndKind kind)
    {
        await using var receiver = await HookReceiver.StartAsync();
        receiver.Next(Answers.Status(410), Answers.Status(400, "no such event: /hooks/T0K3N"));
        await using var platform = await TestPlatform.StartAsync(kind, Hook("ops", receiver.Url));
        var disk = await AddAsync(platform, "one");
        await AlertTests.MeasureAsync(platform, disk, 0);
        await AlertTests.MeasureAsync(platform, disk, 500);
        await TestPlatform.UntilAsync(() => receiver.Taken.Count == 1, "the third event is taken");
        var dead = await platform.WithAsync<ScannerDbContext, List<Scanner.WebHooks.WebHookDelivery>>(db => db.WebHookDeliveries.AsNoTracking().OrderBy(d => d.Id).ToListAsync());
        Assert.Equal([(410, 1, "HTTP 410"), (400, 1, "HTTP 400: no such event: …")], dead.Select(d => (d.LastStatus!.Value, d.Attempts, d.LastError!)));
        Assert.All(dead, d => Assert.NotNull(d.DiedAt));

        Assert.Equal(2, await RunAsync(platform, ReadmeStatement("SELECT")));
        Assert.Equal(2, await RunAsync(platform, ReadmeStatement("UPDATE")));
        await TestPlatform.UntilAsync(() => receiver.Taken.Count == 3, "both are taken");
        Assert.Equal(dead.Select(d => d.EventId), receiver.Taken.Skip(1).Select(e => e.Id));
        await TestPlatform.UntilAsync(() => platform.WithAsync<ScannerDbContext, bool>(async db => !await db.WebHookDeliveries.AnyAsync()), "none is left");
    }

    [Theory]
    [InlineData(BackEndKind.Embedded)]
    [InlineData(BackEndKind.Distributed)]
    public async Task What_is_never_taken_dies_of_age_and_is_forgotten_after_a_while(BackEndKind kind)
    {
        await using var receiver = await HookReceiver.StartAsync();
        receiver.Otherwise = Answers.Status(500);
        await using var platform = await TestPlatform.StartAsync(
            kind, [.. Hook("ops", receiver.Url), ("Sparsify:Scanner:WebHooks:ops:MaximumAge", "00:00:04"), ("Sparsify:Scanner:WebHookRetention", "00:00:05"), ("Sparsify:Scanner:RetentionInterval", "00:00:00.3")]);
        var disk = await AddAsync(platform, "one");
        // Of a hook that was taken out of the configuration.
        await platform.WithAsync<ScannerDbContext, int>(db =>
        {
            db.WebHookDeliveries.Add(new Scanner.WebHooks.WebHookDelivery { Hook = "gone", DiskId = disk, EventId = "x", Body = [1], CreatedAt = DateTimeOffset.UtcNow, DueAt = DateTimeOffset.UtcNow });
            return db.SaveChangesAsync();
        });
        await TestPlatform.UntilAsync(() => platform.WithAsync<ScannerDbContext, bool>(db => db.WebHookDeliveries.AnyAsync(d => d.DiedAt != null && d.LastStatus == 500)), "it dies");
        await TestPlatform.UntilAsync(() => platform.WithAsync<ScannerDbContext, bool>(async db => !await db.WebHookDeliveries.AnyAsync()), "both are forgotten");
        Assert.True(receiver.Received.Count > 1, "It was tried once only.");
    }

    [Fact]
    public async Task A_hook_that_hangs_holds_up_no_other_gets_no_more_than_it_may_and_each_gets_the_events_it_wants()
    {
        await using var hangs = await HookReceiver.StartAsync();
        await using var answers = await HookReceiver.StartAsync();
        var released = new TaskCompletionSource();
        hangs.Otherwise = context => released.Task.WaitAsync(context.RequestAborted);
        await using var platform = await TestPlatform.StartAsync(
            BackEndKind.Embedded,
            LastOfEach([.. Hook("hangs", hangs.Url), ("Sparsify:Scanner:WebHooks:hangs:Timeout", "00:00:30"), ("Sparsify:Scanner:WebHooks:hangs:Concurrency", "2"), .. Hook("answers", answers.Url), ("Sparsify:Scanner:WebHooks:answers:Events:0", "SparsifyNeedCleared")]));
        var disks = new List<Guid>();
        foreach (var name in new[] { "one", "two", "three", "four" })
            disks.Add(await AddAsync(platform, name));
        foreach (var disk in disks)
            await AlertTests.MeasureAsync(platform, disk, 0);
        await TestPlatform.UntilAsync(() => answers.Taken.Count == 4, "the other has all");
        Assert.All(answers.Received, e => Assert.Equal(Cleared, e.Type));
        Assert.Equal(2, hangs.MostAtOnce);
        Assert.Empty(hangs.Taken);
        released.SetResult();
    }

    [Fact]
    public async Task While_a_receiver_wants_to_be_left_alone_nothing_is_sent_to_it()
    {
        await using var receiver = await HookReceiver.StartAsync();
        receiver.Next(Answers.Status(429, "", ("Retry-After", "3")));
        await using var platform = await TestPlatform.StartAsync(BackEndKind.Embedded, LastOfEach([.. Hook("ops", receiver.Url), ("Sparsify:Scanner:WebHooks:ops:LongestRetryDelay", "00:00:10")]));
        await AddAsync(platform, "one");
        await TestPlatform.UntilAsync(() => receiver.Received.Count == 1, "one is sent");
        await AddAsync(platform, "two");
        await TestPlatform.UntilAsync(() => receiver.Taken.Count == 2, "both are taken");
        Assert.All(receiver.Taken, e => Assert.True(e.At - receiver.Received[0].At > TimeSpan.FromSeconds(2.5)));
    }

    [Fact]
    public async Task Neither_secret_nor_address_nor_answer_is_logged_or_traced()
    {
        await using var receiver = await HookReceiver.StartAsync();
        receiver.Next(Answers.Status(500, "4N5WER"), Answers.Status(400, "4N5WER"));
        var log = new LogRecorder();
        var spans = new ConcurrentQueue<Activity>();
        // But for the receiver's own.
        using var listener = new ActivityListener { ShouldListenTo = source => source.Name != "Microsoft.AspNetCore", Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded, ActivityStopped = spans.Enqueue };
        ActivitySource.AddActivityListener(listener);
        await using var platform = await TestPlatform.StartAsync(BackEndKind.Embedded, services => services.AddLogging(l => l.SetMinimumLevel(LogLevel.Trace).AddProvider(log)), Hook("ops", receiver.Url));
        await AddAsync(platform, "one");
        await TestPlatform.UntilAsync(() => log.Lines.Any(l => l.Contains("is given up for web hook ops", StringComparison.Ordinal)), "the death is logged");
        Assert.Single(log.Lines, l => l.Contains("is given up", StringComparison.Ordinal));
        Assert.Contains(log.Lines, l => l.Contains("Web hook ops at http://127.0.0.1:", StringComparison.Ordinal));
        var sent = spans.Where(s => s.DisplayName == "web hook" && Equals(s.GetTagItem("server.port"), new Uri(receiver.Url).Port)).Select(s => s.GetTagItem("http.response.status_code"));
        // A span ends after what it says is logged.
        await TestPlatform.UntilAsync(() => sent.Count() >= 2, "both are traced");
        Assert.Equal([500, 400], sent);
        var traced = spans.SelectMany(s => s.TagObjects.Select(t => t.Value?.ToString() ?? "").Append(s.StatusDescription ?? "")).ToList();
        foreach (var secret in new[] { HookReceiver.Secret, "T0K3N", "4N5WER" })
        {
            Assert.DoesNotContain(log.Lines, l => l.Contains(secret, StringComparison.Ordinal));
            Assert.DoesNotContain(traced, t => t.Contains(secret, StringComparison.Ordinal));
        }
    }

    public void Dispose() => _folder.Dispose();

    private const string Needed = "sparsify.platform.SparsifyNeeded.v1";
    private const string Cleared = "sparsify.platform.SparsifyNeedCleared.v1";

    private static Task<Guid> AddAsync(TestPlatform platform, string name) => platform.AddDiskAsync(name, d => d with { Measurement = AlertTests.Figures(500) });

    private (string, string)[] Hook(string name, string url)
    {
        var secret = _folder.File("secret");
        File.WriteAllText(secret, HookReceiver.Secret);
        return
        [
            ("Sparsify:Scanner:Thresholds:Bytes", "100"),
            ("Sparsify:Scanner:WebHookSweepInterval", "00:00:00.05"),
            ($"Sparsify:Scanner:WebHooks:{name}:Url", url),
            ($"Sparsify:Scanner:WebHooks:{name}:SecretFile", secret),
            ($"Sparsify:Scanner:WebHooks:{name}:Timeout", "00:00:01"),
            ($"Sparsify:Scanner:WebHooks:{name}:RetryDelay", "00:00:00.05"),
            ($"Sparsify:Scanner:WebHooks:{name}:LongestRetryDelay", "00:00:00.5"),
        ];
    }

    private static (string, string)[] LastOfEach((string Key, string Value)[] settings) => [.. settings.GroupBy(s => s.Key).Select(s => s.Last())];

    private static string ReadmeStatement(string verb)
    {
        var readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));
        return Assert.Single(Statement().Matches(readme), m => m.Value.StartsWith(verb, StringComparison.Ordinal)).Value;
    }

    /// <summary>Runs a statement by hand, as an administrator would.</summary>
    /// <returns>How many rows it gave or changed.</returns>
    private static Task<int> RunAsync(TestPlatform platform, string sql) => platform.WithAsync<ScannerDbContext, int>(async db =>
    {
        await db.Database.OpenConnectionAsync();
        await using var command = db.Database.GetDbConnection().CreateCommand();
        // A SQLite file has one schema.
        command.CommandText = db.IsSqlite ? sql.Replace("scanner.", "", StringComparison.Ordinal) : sql;
        if (sql.StartsWith("UPDATE", StringComparison.Ordinal))
            return await command.ExecuteNonQueryAsync();
        await using var reader = await command.ExecuteReaderAsync();
        var rows = 0;
        while (await reader.ReadAsync())
            rows++;
        return rows;
    });

    [GeneratedRegex(@"(SELECT|UPDATE) [^;]*\bscanner\.web_hook_deliveries\b[^;]*;")]
    private static partial Regex Statement();
}
