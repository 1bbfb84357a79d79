using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Sparsify.Scanner.Storage;
using Sparsify.Scanner.WebHooks;
using Sparsify.Testing.Platforms;
using Sparsify.Testing.Processes;
using Sparsify.Testing.Servers;
using Xunit;
using TestPlatform = Sparsify.Platform.Tests.Hosting.TestPlatform;

namespace Sparsify.Platform.Tests.Alerts.WebHooks;

/// <summary>Who sends what, when there are several Scanners and when they die.</summary>
public sealed class WebHookClaimTests
{
    private const string Name = "ops";
    private const int Disks = 20;
    private const int Revisions = 5;

    [Theory]
    [InlineData(BackEndKind.Embedded)]
    [InlineData(BackEndKind.Distributed)]
    public async Task Scanners_that_race_claim_each_delivery_once_and_those_of_a_disk_one_after_the_other(BackEndKind kind)
    {
        await using var platform = await TestPlatform.StartAsync(kind);
        var disks = Enumerable.Range(0, Disks).Select(_ => Guid.NewGuid()).ToList();
        for (var revision = 1; revision <= Revisions; revision++)
        {
            foreach (var disk in disks)
                await AddAsync(platform, disk, $"{revision}");
        }

        var hook = new WebHookOptions();
        var claimed = new ConcurrentQueue<(Guid Disk, int Revision)>();
        var busy = new ConcurrentDictionary<Guid, bool>();
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(async () =>
        {
            while (claimed.Count < Disks * Revisions)
            {
                foreach (var delivery in await platform.WithAsync<WebHookClaims, IReadOnlyList<WebHookDelivery>>(c => c.ClaimAsync(Name, hook, 3, TestContext.Current.CancellationToken)))
                {
                    Assert.True(busy.TryAdd(delivery.DiskId, true), "Two events of one disk are under way.");
                    claimed.Enqueue((delivery.DiskId, int.Parse(delivery.EventId, System.Globalization.CultureInfo.InvariantCulture)));
                    await Task.Delay(5);
                    Assert.True(busy.TryRemove(delivery.DiskId, out var _));
                    await platform.WithAsync<WebHookClaims, bool>(async c =>
                    {
                        await c.DeliveredAsync(delivery);
                        return true;
                    });
                }
            }
        })));
        Assert.Equal(Disks * Revisions, claimed.Count);
        foreach (var disk in disks)
            Assert.Equal(Enumerable.Range(1, Revisions), claimed.Where(c => c.Disk == disk).Select(c => c.Revision));
    }

    [Theory]
    [InlineData(BackEndKind.Embedded)]
    [InlineData(BackEndKind.Distributed)]
    public async Task A_claim_ends_and_who_comes_late_changes_nothing(BackEndKind kind)
    {
        await using var platform = await TestPlatform.StartAsync(kind);
        await AddAsync(platform, Guid.NewGuid(), "1");
        var time = new MovedClock();
        var hook = new WebHookOptions();
        var first = Assert.Single(await ClaimAsync());
        Assert.Empty(await ClaimAsync());
        time.Ahead = TimeSpan.FromSeconds(26);
        var second = Assert.Single(await ClaimAsync());
        Assert.Equal((first.EventId, 2), (second.EventId, second.Attempts));
        await WithClaimsAsync(c => c.DeliveredAsync(first));
        await WithClaimsAsync(c => c.DiedAsync(first, WebHookAnswer.None("late")));
        await WithClaimsAsync(c => c.FailedAsync(second, WebHookAnswer.None("no"), time.GetUtcNow().AddHours(1)));
        Assert.Equal((2, null, "no"), await platform.WithAsync<ScannerDbContext, (int, DateTimeOffset?, string?)>(async db => await db.WebHookDeliveries.SingleAsync() is var d ? (d.Attempts, d.DiedAt, d.LastError) : default));
        Assert.Empty(await ClaimAsync());
        // The clock is put back by a month: nothing waits for that long.
        time.Ahead = TimeSpan.FromDays(-30);
        Assert.Single(await ClaimAsync());

        Task<IReadOnlyList<WebHookDelivery>> ClaimAsync() => platform.WithAsync<ScannerDbContext, IReadOnlyList<WebHookDelivery>>(db => new WebHookClaims(db, time).ClaimAsync(Name, hook, 10, TestContext.Current.CancellationToken));

        Task<bool> WithClaimsAsync(Func<WebHookClaims, Task> work) => platform.WithAsync<ScannerDbContext, bool>(async db =>
        {
            await work(new WebHookClaims(db, time));
            return true;
        });
    }

    [Fact]
    public async Task What_a_Scanner_was_sending_when_it_was_killed_is_sent_by_the_next_one()
    {
        using var folder = TestFolder.Create("hooks");
        await File.WriteAllTextAsync(folder.File("secret"), HookReceiver.Secret, TestContext.Current.CancellationToken);
        await using var receiver = await HookReceiver.StartAsync();
        receiver.Otherwise = Answers.Never;
        await using var platform = await TestPlatform.StartAsync(BackEndKind.Distributed);
        var settings = new Dictionary<string, string?>
        {
            ["Sparsify__RabbitMq__Uri"] = platform.BackEnd.Broker!.Uri.ToString(),
            ["Sparsify__Database__ConnectionString"] = platform.BackEnd.Database!.ConnectionString,
            [$"Sparsify__Scanner__WebHooks__{Name}__Url"] = receiver.Url,
            [$"Sparsify__Scanner__WebHooks__{Name}__SecretFile"] = folder.File("secret"),
            [$"Sparsify__Scanner__WebHooks__{Name}__Timeout"] = "00:00:03",
        };
        await using var scanner = ServiceProcess.Start("Scanner", "Sparsify.Scanner", folder.File("scanner.log"), settings);
        await scanner.ReadyAsync();
        var disk = Guid.NewGuid();
        await AddAsync(platform, disk, "1");
        await AddAsync(platform, disk, "2");
        await TestPlatform.UntilAsync(() => receiver.Received.Count == 1, "the first is being sent");
        await scanner.KillAsync();
        receiver.Otherwise = Answers.Status(204);
        var killed = await platform.WithAsync<ScannerDbContext, WebHookDelivery>(db => db.WebHookDeliveries.AsNoTracking().OrderBy(d => d.Id).FirstAsync());
        Assert.Equal((1, null), (killed.Attempts, killed.LastError));
        await scanner.RestartAsync();
        await TestPlatform.UntilAsync(() => receiver.Taken.Count == 2, $"both are taken\n{scanner.Log}");
        Assert.Equal(["1", "1", "2"], receiver.Received.Select(e => e.Id));
        Assert.True(receiver.Taken[0].At >= killed.DueAt, "It was sent before its claim had ended.");
        Assert.DoesNotContain("T0K3N", scanner.Log, StringComparison.Ordinal);
    }

    private static Task<int> AddAsync(TestPlatform platform, Guid disk, string id) => platform.WithAsync<ScannerDbContext, int>(db =>
    {
        var now = DateTimeOffset.UtcNow;
        db.WebHookDeliveries.Add(new WebHookDelivery { Hook = Name, DiskId = disk, EventId = id, Body = "{}"u8.ToArray(), CreatedAt = now, DueAt = now, GiveUpAt = now.AddDays(1) });
        return db.SaveChangesAsync();
    });

    private sealed class MovedClock : TimeProvider
    {
        public TimeSpan Ahead { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;
    }
}
