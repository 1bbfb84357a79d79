using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Sparsify.Contracts;
using Sparsify.Messaging;
using Sparsify.Platform.Tests.Hosting;
using Sparsify.Scanner.Measuring;
using Sparsify.Scanner.Storage;
using Sparsify.Testing.Servers;
using Xunit;

namespace Sparsify.Platform.Tests.Measuring;

/// <summary>The Scanner has hosts measure the fleet.</summary>
public sealed class MeasuringTests
{
    [Theory]
    [InlineData(BackEndKind.Embedded)]
    [InlineData(BackEndKind.Distributed)]
    public async Task Every_disk_is_measured_and_in_each_period_looked_at_again(BackEndKind kind)
    {
        await using var platform = await TestPlatform.StartAsync(kind, ("Sparsify:Scanner:MeasurePeriod", "00:00:02"), ("Sparsify:Scanner:MeasureSweepInterval", "00:00:00.2"));
        var asked = Answer(platform);
        var disks = new[] { await platform.AddDiskAsync("a"), await platform.AddDiskAsync("b"), await platform.AddDiskAsync("c") };
        foreach (var name in new[] { "a", "b", "c" })
            await platform.Client.DiskAsync(name, d => !d.IsNull("reclaimable") && d.GetProperty("reclaimable").GetInt64() == 123);
        await TestPlatform.UntilAsync(() => disks.All(disk => asked.Count(a => a.DiskId == disk && a.KnownStamp == "stamp") >= 2), "each was asked for with the stamp of its measurement");

        var view = await platform.Client.GetAsync($"/api/v1/disks/{disks[0]}");
        // The figures are from the first time and were confirmed since.
        await TestPlatform.UntilAsync(async () => (await platform.Client.GetAsync($"/api/v1/disks/{disks[0]}")).GetProperty("lookedAt").GetDateTimeOffset() > view.GetProperty("measuredAt").GetDateTimeOffset(), "the look is shown");
        Assert.Equal("stamp", asked.Last(a => a.DiskId == disks[0]).KnownStamp);
    }

    [Theory]
    [InlineData(BackEndKind.Embedded)]
    [InlineData(BackEndKind.Distributed)]
    public async Task A_locked_disk_is_not_measured_and_after_its_operation_it_is_in_any_case(BackEndKind kind)
    {
        await using var platform = await TestPlatform.StartAsync(kind, ("Sparsify:Scanner:MeasurePeriod", "00:00:01"), ("Sparsify:Scanner:MeasureSweepInterval", "00:00:00.2"));
        var asked = Answer(platform);
        var disk = await platform.AddDiskAsync("busy");
        await platform.Client.DiskAsync("busy", d => !d.IsNull("reclaimable"));
        await platform.HostA.HeartbeatAsync();
        var operation = await platform.RequestAsync(disk);
        var job = await platform.HostA.GetJobAsync(operation);
        await platform.HostA.BeginAsync(job);
        await TestPlatform.UntilAsync(() => platform.ScannedAsync(disk, d => d!.MeasureDueAt is null), "the Scanner knows that it is locked");
        var before = asked.Count;
        await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
        Assert.Equal(before, asked.Count);

        await platform.HostA.SucceededAsync(job);
        await TestPlatform.UntilAsync(() => asked.Skip(before).Any(a => a.KnownStamp is null), "it is measured whatever its files say");
    }

    [Theory]
    [InlineData(BackEndKind.Embedded)]
    [InlineData(BackEndKind.Distributed)]
    public async Task What_its_host_measures_at_the_end_of_an_operation_stands_and_is_told_with_the_lock_s_end(BackEndKind kind)
    {
        await using var platform = await TestPlatform.StartAsync(kind, ("Sparsify:Scanner:MeasureSweepInterval", "00:00:00.2"));
        var asked = Answer(platform);
        var disk = await platform.AddDiskAsync("done");
        await platform.Client.DiskAsync("done", d => !d.IsNull("reclaimable"));
        await platform.HostA.HeartbeatAsync();
        var operation = await platform.RequestAsync(disk);
        var job = await platform.HostA.GetJobAsync(operation);
        await platform.HostA.BeginAsync(job);
        var told = await RevisionAsync();
        await platform.MeasuredAsync(disk, Figures(7), operation: operation);
        await TestPlatform.UntilAsync(() => platform.ScannedAsync(disk, d => d!.StampedBy == operation), "the Scanner has heard it");
        await TestPlatform.UntilAsync(() => platform.WithDatabaseAsync(async db => (await db.Disks.FindAsync(disk))!.Measurement!.Reclaimable == 7), "the Orchestrator has it");
        Assert.Equal(told, await RevisionAsync());
        var before = asked.Count;

        await platform.HostA.SucceededAsync(job);
        await platform.Client.DiskAsync("done", d => d.IsNull("operationId") && d.GetProperty("reclaimable").GetInt64() == 7);
        await TestPlatform.UntilAsync(() => platform.ScannedAsync(disk, d => d!.SettledAt is not null && d.MeasureDueAt > DateTimeOffset.UtcNow), "the operation is over for the Scanner too");
        Assert.True(await platform.ScannedAsync(disk, d => d is { Measurement.Reclaimable: 7, Baseline: 7 }));
        await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        Assert.Equal(before, asked.Count);
        Assert.Equal(told + 1, await RevisionAsync());

        Task<long> RevisionAsync() => platform.WithDatabaseAsync(async db => (await db.Disks.FindAsync(disk))!.Revision);
    }

    [Fact]
    public async Task What_a_host_whose_clock_is_ahead_measures_at_the_end_does_not_stand()
    {
        await using var platform = await TestPlatform.StartAsync(BackEndKind.Distributed, ("Sparsify:Scanner:MeasureSweepInterval", "00:00:00.2"));
        var asked = Answer(platform);
        var disk = await platform.AddDiskAsync("early");
        await platform.Client.DiskAsync("early", d => !d.IsNull("reclaimable"));
        await platform.HostA.HeartbeatAsync();
        var operation = await platform.RequestAsync(disk);
        var job = await platform.HostA.GetJobAsync(operation);
        await platform.HostA.BeginAsync(job);
        await platform.MeasuredAsync(disk, Figures(7) with { MeasuredAt = DateTimeOffset.UtcNow.AddHours(1) }, operation: operation);
        await TestPlatform.UntilAsync(() => platform.ScannedAsync(disk, d => d!.StampedBy == operation), "the Scanner has heard it");
        var before = asked.Count;

        await platform.HostA.SucceededAsync(job);
        await TestPlatform.UntilAsync(() => asked.Count > before, "it is measured once more");
        await TestPlatform.UntilAsync(() => platform.ScannedAsync(disk, d => d is { SettledAt: not null, Measurement.Reclaimable: 123 }), "and that stands");
    }

    [Fact]
    public async Task A_disk_that_is_locked_while_it_is_being_asked_for_is_not_asked_for()
    {
        await using var platform = await TestPlatform.StartAsync(BackEndKind.Distributed, ("Sparsify:Scanner:MeasureSweepInterval", "1.00:00:00"));
        var disk = await platform.AddDiskAsync("busy");
        await TestPlatform.UntilAsync(() => platform.ScannedAsync(disk, d => d is not null), "the Scanner knows the disk");
        var asked = await platform.WithAsync<ScannerDbContext, int>(async db =>
        {
            await db.Disks.ExecuteUpdateAsync(d => d.SetProperty(x => x.MeasureDueAt, DateTimeOffset.UtcNow.AddHours(-1)));
            // What the news of its lock does, held open until the sweep has seen that the disk is due.
            await using var change = await db.BeginWriteAsync(TestContext.Current.CancellationToken);
            await db.SerialiseAsync(TestContext.Current.CancellationToken, $"disk {disk}");
            await db.Disks.ExecuteUpdateAsync(d => d.SetProperty(x => x.MeasureDueAt, (DateTimeOffset?)null));
            var asking = platform.WithAsync<MeasureSweep, int>(sweep => sweep.AskAsync(TestPlatform.Domain, TestContext.Current.CancellationToken));
            await platform.UntilATransactionWaitsAsync("the sweep waits for the disk");
            await change.CommitAsync(TestContext.Current.CancellationToken);
            return await asking;
        });
        Assert.Equal(0, asked);
        Assert.True(await platform.ScannedAsync(disk, d => d!.MeasureDueAt is null));
    }

    [Fact]
    public async Task What_is_read_in_the_middle_of_a_run_is_dropped()
    {
        await using var platform = await TestPlatform.StartAsync(BackEndKind.Distributed);
        var disk = await platform.AddDiskAsync("busy");
        await platform.HostA.HeartbeatAsync();
        var operation = await platform.RequestAsync(disk);
        await platform.HostA.BeginAsync(await platform.HostA.GetJobAsync(operation));
        await platform.MeasuredAsync(disk, Figures(777) with { Live = true, Exact = false });
        await platform.MeasuredAsync(disk, Figures(55));
        await platform.Client.DiskAsync("busy", d => !d.IsNull("reclaimable") && d.GetProperty("reclaimable").GetInt64() == 55);
        Assert.DoesNotContain((await platform.Client.GetAsync($"/api/v1/disks/{disk}/measurements")).GetProperty("items").EnumerateArray(), m => m.GetProperty("live").GetBoolean());
    }

    [Theory]
    [InlineData(BackEndKind.Embedded)]
    [InlineData(BackEndKind.Distributed)]
    public async Task A_storage_domain_is_scanned_on_request_and_what_could_not_be_measured_says_why(BackEndKind kind)
    {
        await using var platform = await TestPlatform.StartAsync(kind, ("Sparsify:Scanner:MeasureSweepInterval", "00:00:00.2"));
        await platform.Bus.Publish(new StorageDomainReported { Name = TestPlatform.Domain, Kind = StorageKind.File, ReportedAt = DateTimeOffset.UtcNow });
        var asked = Answer(platform, unreadable: "bad.img");
        var disk = await platform.AddDiskAsync("good");
        await platform.AddDiskAsync("bad");
        await platform.Client.DiskAsync("bad", d => d.Text("notMeasuredBecause") == "It is torn.");
        await platform.Client.DiskAsync("good", d => !d.IsNull("reclaimable"));
        await TestPlatform.UntilAsync(async () => (await platform.Client.GetAsync("/api/v1/storage-domains")).GetProperty("items").GetArrayLength() == 1, "the storage domain is known");
        await TestPlatform.UntilAsync(() => platform.ScannedAsync(disk, d => d!.AnsweredAt is not null), "the answer is noted");

        var before = asked.Count;
        using var answer = await platform.Client.Http.PostAsync(new Uri($"/api/v1/storage-domains/{TestPlatform.Domain}/scan", UriKind.Relative), null, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var location = answer.Headers.Location!.ToString();
        await TestPlatform.UntilAsync(async () => (await platform.Client.GetAsync(location)) is var scan && (scan.GetProperty("disks").GetInt32(), scan.GetProperty("lookedAt").GetInt32()) == (2, 2), "both were looked at");
        Assert.Equal(2, asked.Skip(before).Select(a => a.DiskId).Distinct().Count());
    }

    [Fact]
    public async Task Hosts_get_no_more_to_measure_than_they_have_answered_for()
    {
        var answerLimit = TimeSpan.FromSeconds(3);
        await using var platform = await TestPlatform.StartAsync(
            BackEndKind.Distributed, ("Sparsify:Scanner:MaximumAsked", "2"), ("Sparsify:Scanner:MeasureSweepInterval", "00:00:00.2"), ("Sparsify:Scanner:MeasureAnswerLimit", answerLimit.ToString()));
        var asked = new ConcurrentQueue<MeasureVolume>();
        platform.HostA.Measures = (question, _) =>
        {
            asked.Enqueue(question);
            return null;
        };
        foreach (var i in Enumerable.Range(0, 5))
            await platform.AddDiskAsync($"disk-{i}");
        // Nobody answers: after a while others have their turn, and then these again, but never more than two at once.
        var most = 0;
        await TestPlatform.UntilAsync(
            async () =>
            {
                var since = DateTimeOffset.UtcNow - answerLimit;
                most = Math.Max(most, await platform.WithAsync<ScannerDbContext, int>(db => db.Disks.CountAsync(d => d.AskedAt > since)));
                return asked.Select(a => a.DiskId).Distinct().Count() == 5 && asked.Count > 5;
            },
            "all have had their turn");
        Assert.Equal(2, most);
    }

    /// <summary>Hosts that answer what is asked.</summary>
    private static ConcurrentQueue<MeasureVolume> Answer(TestPlatform platform, string? unreadable = null)
    {
        var asked = new ConcurrentQueue<MeasureVolume>();
        platform.HostA.Measures = (question, _) =>
        {
            asked.Enqueue(question);
            if (question.Path == unreadable)
                return new VolumeNotMeasured { Host = "host-a", DiskId = question.DiskId, StorageDomain = question.StorageDomain, Path = question.Path, Reason = "It is torn.", LookedAt = DateTimeOffset.UtcNow };
            return question.KnownStamp == "stamp"
                ? new VolumeUnchanged { Host = "host-a", DiskId = question.DiskId, StorageDomain = question.StorageDomain, Path = question.Path, LookedAt = DateTimeOffset.UtcNow }
                : new VolumeMeasured
                {
                    Host = "host-a",
                    DiskId = question.DiskId,
                    StorageDomain = question.StorageDomain,
                    Path = question.Path,
                    VirtualSize = 10_000,
                    ActualSize = 1000,
                    Measurement = Figures(123),
                    Stamp = "stamp",
                };
        };
        return asked;
    }

    private static VolumeMeasurement Figures(long reclaimable) => new() { Reclaimable = reclaimable, HeldBySnapshots = 0, Exact = true, MeasuredAt = DateTimeOffset.UtcNow };
}
