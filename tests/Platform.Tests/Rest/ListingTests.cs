using System.Text.Json;
using Sparsify.Contracts;
using Sparsify.Platform.Tests.Hosting;
using Sparsify.Testing.Servers;
using Xunit;

namespace Sparsify.Platform.Tests.Rest;

/// <summary>What can be read.</summary>
public sealed class ListingTests
{
    [Theory]
    [InlineData(BackEndKind.Embedded)]
    [InlineData(BackEndKind.Distributed)]
    public async Task Disks_come_in_pages_without_gap_or_repetition_and_can_be_filtered(BackEndKind kind)
    {
        await using var platform = await TestPlatform.StartAsync(kind);
        for (var i = 0; i < 25; i++)
        {
            var even = i % 2 == 0;
            await platform.AddDiskAsync($"Disk-{i:00}", d => d with { StorageDomain = even ? "even" : "odd", Illegal = i == 3 });
        }

        var names = new List<string?>();
        string? next = null;
        do
        {
            var page = await platform.Client.GetAsync($"/api/v1/disks?limit=7{(next is null ? "" : $"&after={next}")}");
            Assert.InRange(page.GetProperty("items").GetArrayLength(), 1, 7);
            names.AddRange(page.GetProperty("items").EnumerateArray().Select(d => d.Text("name")));
            next = page.GetProperty("next").GetString();
        }
        while (next is not null);
        Assert.Equal(25, names.Count);
        Assert.Equal(25, names.Distinct().Count());

        Assert.Equal(13, await CountAsync(platform, "storageDomain=even"));
        Assert.Equal(["Disk-03"], await NamesAsync(platform, "eligible=false"));
        Assert.Equal(["Disk-17"], await NamesAsync(platform, "search=dISK-17"));
        Assert.Equal(0, await CountAsync(platform, "search=%25"));
    }

    [Fact]
    public async Task A_disk_has_every_documented_field()
    {
        await using var platform = await TestPlatform.StartAsync(BackEndKind.Embedded);
        var disk = await platform.Client.GetAsync($"/api/v1/disks/{await platform.AddDiskAsync()}");
        Assert.Equal(
            ["actualSize", "allocation", "eligible", "format", "heldBySnapshots", "id", "live", "lookedAt", "measuredAt", "name", "needsSparsify", "notMeasuredBecause", "operationId", "path", "reclaimable", "storageDomain", "violations", "virtualSize", "vms"],
            disk.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal));
        Assert.Equal(("raw", "sparse"), (disk.Text("format"), disk.Text("allocation")));
    }

    [Fact]
    public async Task Operations_can_be_listed_by_state_and_disk_newest_first()
    {
        await using var platform = await TestPlatform.StartAsync(BackEndKind.Embedded);
        var (first, second) = (await platform.AddDiskAsync(), await platform.AddDiskAsync());
        var (older, newer) = (await platform.RequestAsync(first), await platform.RequestAsync(second));
        Assert.Equal([newer, older], await IdsAsync(platform, ""));
        Assert.Equal([older], await IdsAsync(platform, $"diskId={first}"));
        await platform.Client.CancelAsync(older);
        await platform.Client.OperationInAsync(older, TimeSpan.FromSeconds(20), "Canceled");
        Assert.Equal([newer], await IdsAsync(platform, "state=Queued"));
    }

    [Fact]
    public async Task Hosts_and_storage_domains_show_what_they_last_said()
    {
        await using var platform = await TestPlatform.StartAsync(BackEndKind.Embedded);
        await platform.HostA.HeartbeatAsync(slots: 3);
        await platform.Bus.Publish(new StorageDomainReported { Name = "vms", Kind = StorageKind.File, FileSystem = "nfs4", NfsVersion = "4.2", SupportsDiscard = true, Capacity = 100, Available = 40, ReportedAt = DateTimeOffset.UtcNow }, TestContext.Current.CancellationToken);
        await TestPlatform.UntilAsync(async () => (await platform.Client.GetAsync("/api/v1/hosts")).GetProperty("items").GetArrayLength() == 1, "the host is listed");
        await TestPlatform.UntilAsync(async () => (await platform.Client.GetAsync("/api/v1/storage-domains")).GetProperty("items").GetArrayLength() == 1, "the storage domain is listed");
        var host = (await platform.Client.GetAsync("/api/v1/hosts")).GetProperty("items")[0];
        Assert.Equal(("host-a", true, 3), (host.Text("name"), host.GetProperty("alive").GetBoolean(), host.GetProperty("slots").GetInt32()));
        var domain = (await platform.Client.GetAsync("/api/v1/storage-domains")).GetProperty("items")[0];
        Assert.Equal(("vms", "4.2", 40), (domain.Text("name"), domain.Text("nfsVersion"), domain.GetProperty("available").GetInt64()));
    }

    [Fact]
    public async Task Events_tell_each_change_and_end_with_the_final_state()
    {
        await using var platform = await TestPlatform.StartAsync(BackEndKind.Embedded);
        var operation = await platform.RequestAsync(await platform.AddDiskAsync());
        var states = ReadStatesAsync(platform, operation);
        var job = await platform.HostA.GetJobAsync(operation);
        await platform.HostA.StartedAsync(job);
        await platform.Client.OperationInAsync(operation, TimeSpan.FromSeconds(20), "Running");
        await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        await platform.HostA.SucceededAsync(job);
        Assert.Equal(["Queued", "Running", "Completed"], (await states.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken)).Distinct());
    }

    private static async Task<List<string?>> ReadStatesAsync(TestPlatform platform, Guid operation)
    {
        await using var stream = await platform.Client.Http.GetStreamAsync(new Uri($"/api/v1/operations/{operation}/events", UriKind.Relative));
        var states = new List<string?>();
        await foreach (var item in System.Net.ServerSentEvents.SseParser.Create(stream).EnumerateAsync())
            states.Add(JsonSerializer.Deserialize<JsonElement>(item.Data).Text("state"));
        return states;
    }

    private static async Task<int> CountAsync(TestPlatform platform, string query) => (await NamesAsync(platform, query)).Count;

    private static async Task<List<string?>> NamesAsync(TestPlatform platform, string query) =>
        [.. (await platform.Client.GetAsync($"/api/v1/disks?{query}")).GetProperty("items").EnumerateArray().Select(d => d.Text("name"))];

    private static async Task<List<Guid>> IdsAsync(TestPlatform platform, string query) =>
        [.. (await platform.Client.GetAsync($"/api/v1/operations?{query}")).GetProperty("items").EnumerateArray().Select(o => o.Id())];
}
