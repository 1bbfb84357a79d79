using Microsoft.Extensions.Options;
using Sparsify.Contracts;
using Sparsify.Platform.Tests.Hosting;
using Sparsify.Scanner;
using Sparsify.Scanner.Alerts;
using Sparsify.Testing.Servers;
using Xunit;

namespace Sparsify.Platform.Tests.Alerts;

/// <summary>Disks that say that they need it.</summary>
public sealed class AlertTests
{
    private static readonly (string Key, string Value)[] Settings = [("Sparsify:Scanner:Thresholds:Bytes", "100"), ("Sparsify:Scanner:Thresholds:Share", "0.2"), ("Sparsify:Scanner:AlertSweepInterval", "00:00:00.2")];

    [Theory]
    [InlineData(BackEndKind.Embedded)]
    [InlineData(BackEndKind.Distributed)]
    public async Task An_alert_is_raised_once_outlasts_figures_that_sway_and_is_cleared_when_they_are_clearly_below(BackEndKind kind)
    {
        await using var platform = await TestPlatform.StartAsync(kind, Settings);
        await platform.Bus.Publish(new VmStatusReported { VmId = Guid.NewGuid(), Name = "web-1", Status = VmStatus.Up, ReportedAt = DateTimeOffset.UtcNow, Volumes = [new VolumeReference(TestPlatform.Domain, "aged.img")] });
        var disk = await platform.AddDiskAsync("aged", d => d with { Measurement = Figures(199) });
        await MeasureAsync(platform, disk, 200);
        var needed = await HeardAsync<SparsifyNeeded>(platform, n => n.DiskId == disk);
        Assert.Equal((200, 1000, new SparsifyThresholds(100, 0.2), 1), (needed.Measurement.Reclaimable, needed.ActualSize, needed.Thresholds, needed.Revision));
        Assert.Equal(ViolationCodes.VmNotDown, Assert.Single(needed.Violations).Code);
        Assert.Equal("web-1", Assert.Single(needed.Vms).Name);

        await MeasureAsync(platform, disk, 300);
        await MeasureAsync(platform, disk, 160);
        Assert.True((await platform.Client.DiskAsync("aged")).GetProperty("needsSparsify").GetBoolean());
        Assert.Empty(platform.Published.Of<SparsifyNeedCleared>());
        await MeasureAsync(platform, disk, 159);
        var cleared = await HeardAsync<SparsifyNeedCleared>(platform, c => c.DiskId == disk);
        Assert.Equal((needed.AlertId, 2, NeedClearedReason.BelowThreshold, 159L), (cleared.AlertId, cleared.Revision, cleared.Reason, cleared.Reclaimable));
        Assert.Single(platform.Published.Of<SparsifyNeeded>());

        await MeasureAsync(platform, disk, 250);
        await HeardAsync<SparsifyNeeded>(platform, n => n.DiskId == disk && n.AlertId != needed.AlertId);
        await platform.Bus.Publish(new DiskRemoved { DiskId = disk, RemovedAt = DateTimeOffset.UtcNow.AddMinutes(1) });
        await HeardAsync<SparsifyNeedCleared>(platform, c => c is { Reason: NeedClearedReason.DiskRemoved } && c.AlertId != needed.AlertId);
    }

    [Theory]
    [InlineData(BackEndKind.Embedded)]
    [InlineData(BackEndKind.Distributed)]
    public async Task A_completed_operation_clears_it_and_only_what_is_measured_after_that_raises_another(BackEndKind kind)
    {
        await using var platform = await TestPlatform.StartAsync(kind, Settings);
        var (disk, needed, job) = await BeginAsync(platform);
        await EndAsync(platform, needed, job);

        // The disk is told of again, with the figures from before.
        await platform.Bus.Publish(new VmStatusReported { VmId = Guid.NewGuid(), Name = "web-1", Status = VmStatus.Down, ReportedAt = DateTimeOffset.UtcNow, DiskIds = [disk] });
        await platform.Client.DiskAsync("aged", d => d.GetProperty("vms").GetArrayLength() == 1 && d.GetProperty("operationId").ValueKind == System.Text.Json.JsonValueKind.Null);
        Assert.Single(platform.Published.Of<SparsifyNeeded>());
        await MeasureAsync(platform, disk, 400);
        await HeardAsync<SparsifyNeeded>(platform, n => n.DiskId == disk && n.AlertId != needed.AlertId);
    }

    [Theory]
    [InlineData(BackEndKind.Embedded)]
    [InlineData(BackEndKind.Distributed)]
    public async Task A_disk_that_still_needs_it_by_what_its_host_measured_at_the_end_has_another_alert(BackEndKind kind)
    {
        await using var platform = await TestPlatform.StartAsync(kind, Settings);
        var (disk, needed, job) = await BeginAsync(platform);
        await platform.MeasuredAsync(disk, Figures(400), operation: job.OperationId);
        await TestPlatform.UntilAsync(() => platform.ScannedAsync(disk, d => d!.StampedBy == job.OperationId), "the Scanner has heard it");
        await EndAsync(platform, needed, job);
        var again = await HeardAsync<SparsifyNeeded>(platform, n => n.DiskId == disk && n.AlertId != needed.AlertId);
        Assert.Equal(400, again.Measurement.Reclaimable);

        // What ends this one is that the disk has grown, not the run that was before it.
        await platform.AddDiskAsync("aged", d => d with { DiskId = disk, ActualSize = 3000 });
        Assert.Equal(NeedClearedReason.BelowThreshold, (await HeardAsync<SparsifyNeedCleared>(platform, c => c.AlertId == again.AlertId)).Reason);
    }

    [Fact]
    public async Task An_alert_that_lasts_is_said_again()
    {
        await using var platform = await TestPlatform.StartAsync(BackEndKind.Embedded, [.. Settings, ("Sparsify:Scanner:AlertRepeatInterval", "00:00:01")]);
        var disk = await platform.AddDiskAsync("aged", d => d with { Measurement = Figures(500) });
        var again = await HeardAsync<SparsifyNeeded>(platform, n => n.DiskId == disk && n.Revision == 3);
        Assert.Equal([1, 2, 3], platform.Published.Of<SparsifyNeeded>().Where(n => n.AlertId == again.AlertId).Select(n => n.Revision).Order().Take(3));
        Assert.True(again.At > again.RaisedAt);
        await MeasureAsync(platform, disk, 10);
        await HeardAsync<SparsifyNeedCleared>(platform, c => c.AlertId == again.AlertId);
    }

    [Fact]
    public async Task Thresholds_that_were_changed_hold_for_disks_that_nobody_tells_of()
    {
        await using var platform = await TestPlatform.StartAsync(BackEndKind.Distributed, Settings);
        var disk = await platform.AddDiskAsync("aged", d => d with { Measurement = Figures(150) });
        await TestPlatform.UntilAsync(() => platform.ScannedAsync(disk, d => d is not null), "the Scanner knows the disk");
        Assert.Empty(platform.Published.Of<SparsifyNeeded>());
        await platform.WithAsync<IOptions<ScannerOptions>, double?>(o => Task.FromResult(o.Value.Thresholds.Share = 0.1));
        Assert.Null(await platform.WithAsync<AlertSweep, Guid?>(sweep => sweep.JudgeAsync(after: null, CancellationToken.None)));
        await HeardAsync<SparsifyNeeded>(platform, n => n.DiskId == disk);
    }

    [Theory]
    [InlineData(BackEndKind.Embedded)]
    [InlineData(BackEndKind.Distributed)]
    public async Task Alerts_disks_in_need_and_totals_of_storage_domains_are_shown(BackEndKind kind)
    {
        await using var platform = await TestPlatform.StartAsync(kind, Settings);
        await platform.Bus.Publish(new StorageDomainReported { Name = TestPlatform.Domain, Kind = StorageKind.File, FileSystem = "ext4", ReportedAt = DateTimeOffset.UtcNow });
        await platform.AddDiskAsync("some", d => d with { Measurement = Figures(300, held: 7) });
        await platform.AddDiskAsync("most", d => d with { Measurement = Figures(900) });
        await platform.AddDiskAsync("none", d => d with { Measurement = Figures(5) });
        await platform.AddDiskAsync("unknown");
        await TestPlatform.UntilAsync(async () => (await platform.Client.GetAsync("/api/v1/alerts")).GetProperty("items").GetArrayLength() == 2, "both alerts are shown");

        Assert.Equal(["most", "some"], await NamesAsync("disks?needsSparsify=true"));
        Assert.Equal(["none", "unknown"], await NamesAsync("disks?needsSparsify=false"));
        var first = await platform.Client.GetAsync("/api/v1/disks?needsSparsify=true&limit=1");
        Assert.Equal(["some"], await NamesAsync($"disks?needsSparsify=true&limit=1&after={first.GetProperty("next").GetString()}"));
        var domain = (await platform.Client.GetAsync("/api/v1/storage-domains")).GetProperty("items")[0];
        Assert.Equal((4000, 1205, 7, 2), (domain.GetProperty("actualSize").GetInt64(), domain.GetProperty("reclaimable").GetInt64(), domain.GetProperty("heldBySnapshots").GetInt64(), domain.GetProperty("needSparsify").GetInt32()));

        await MeasureAsync(platform, (await platform.Client.DiskAsync("some")).GetProperty("id").GetGuid(), 0);
        await TestPlatform.UntilAsync(async () => (await NamesAsync("alerts")).SequenceEqual(["most"]), "the one is cleared");
        var over = (await platform.Client.GetAsync("/api/v1/alerts?all=true")).GetProperty("items").EnumerateArray().Single(a => a.GetProperty("name").GetString() == "some");
        Assert.Equal("belowThreshold", over.GetProperty("clearedBecause").GetString());

        async Task<string[]> NamesAsync(string path) => [.. (await platform.Client.GetAsync($"/api/v1/{path}")).GetProperty("items").EnumerateArray().Select(i => i.GetProperty("name").GetString()!)];
    }

    internal static VolumeMeasurement Figures(long reclaimable, long held = 0) => new() { Reclaimable = reclaimable, HeldBySnapshots = held, Exact = true, MeasuredAt = DateTimeOffset.UtcNow };

    /// <summary>A host measures the disk, and the API shows it.</summary>
    internal static async Task MeasureAsync(TestPlatform platform, Guid disk, long reclaimable)
    {
        var known = await platform.Client.GetAsync($"/api/v1/disks/{disk}");
        await platform.MeasuredAsync(disk, Figures(reclaimable));
        await platform.Client.DiskAsync(known.GetProperty("name").GetString()!, d => d.GetProperty("reclaimable").ValueKind != System.Text.Json.JsonValueKind.Null && d.GetProperty("reclaimable").GetInt64() == reclaimable);
        // The Scanner hears of it at the same time; the next measurement must not overtake it.
        await TestPlatform.UntilAsync(() => platform.ScannedAsync(disk, d => d?.Snapshot.Measurement?.Reclaimable == reclaimable), "the Scanner knows the figures");
    }

    /// <summary>A disk with an alert, and a host that works on it.</summary>
    private static async Task<(Guid Disk, SparsifyNeeded Needed, SparsifyVolume Job)> BeginAsync(TestPlatform platform)
    {
        await platform.HostA.HeartbeatAsync();
        var disk = await platform.AddDiskAsync("aged", d => d with { Measurement = Figures(500) });
        var needed = await HeardAsync<SparsifyNeeded>(platform, n => n.DiskId == disk);
        var job = await platform.HostA.GetJobAsync(await platform.RequestAsync(disk));
        await platform.HostA.BeginAsync(job);
        return (disk, needed, job);
    }

    /// <summary>The host has sparsified the disk, and so its alert is over.</summary>
    private static async Task EndAsync(TestPlatform platform, SparsifyNeeded needed, SparsifyVolume job)
    {
        await platform.HostA.SucceededAsync(job);
        var cleared = await HeardAsync<SparsifyNeedCleared>(platform, c => c.DiskId == job.DiskId);
        Assert.Equal((needed.AlertId, NeedClearedReason.Sparsified), (cleared.AlertId, cleared.Reason));
    }

    private static async Task<T> HeardAsync<T>(TestPlatform platform, Func<T, bool> which)
    {
        await TestPlatform.UntilAsync(() => platform.Published.Of<T>().Any(which), $"{typeof(T).Name} is heard");
        return platform.Published.Of<T>().First(which);
    }
}
