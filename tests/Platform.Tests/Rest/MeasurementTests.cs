using System.Globalization;
using System.Net;
using System.Text.Json;
using Sparsify.Contracts;
using Sparsify.Platform.Tests.Hosting;
using Sparsify.Testing.Servers;
using Xunit;

namespace Sparsify.Platform.Tests.Rest;

/// <summary>How the figures of a disk have changed over the days.</summary>
public sealed class MeasurementTests
{
    private static readonly DateTimeOffset Midnight = new(DateTimeOffset.UtcNow.UtcDateTime.Date, TimeSpan.Zero);

    [Theory]
    [InlineData(BackEndKind.Embedded)]
    [InlineData(BackEndKind.Distributed)]
    public async Task The_last_measurement_of_each_day_is_kept_and_given_newest_first(BackEndKind kind)
    {
        await using var platform = await TestPlatform.StartAsync(kind);
        var disk = await platform.AddDiskAsync("grows", d => d with { Measurement = Figures(100, Midnight.AddDays(-9)) });
        await MeasureAsync(platform, disk, Figures(200, Midnight.AddDays(-2).AddHours(23)));
        await MeasureAsync(platform, disk, Figures(300, Midnight.AddDays(-1)));
        await MeasureAsync(platform, disk, Figures(400, Midnight.AddMinutes(-1)) with { Live = true, Exact = false });
        Assert.True((await platform.Client.DiskAsync("grows")).GetProperty("live").GetBoolean());

        var all = (await platform.Client.GetAsync($"/api/v1/disks/{disk}/measurements")).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal([(Day(-1), 400), (Day(-2), 200), (Day(-9), 100)], all.Select(m => (m.Text("day"), m.GetProperty("reclaimable").GetInt32())));
        Assert.Equal([true, false, false], all.Select(m => m.GetProperty("live").GetBoolean()));
        Assert.Equal((1400, 7, Midnight.AddMinutes(-1)), (all[0].GetProperty("actualSize").GetInt32(), all[0].GetProperty("heldBySnapshots").GetInt32(), all[0].GetProperty("measuredAt").GetDateTimeOffset()));

        var page = await platform.Client.GetAsync($"/api/v1/disks/{disk}/measurements?limit=2");
        Assert.Equal([Day(-1), Day(-2)], Days(page));
        page = await platform.Client.GetAsync($"/api/v1/disks/{disk}/measurements?limit=2&after={page.Text("next")}");
        Assert.Equal([Day(-9)], Days(page));
        Assert.True(page.IsNull("next"));
    }

    [Fact]
    public async Task What_is_unknown_or_malformed_is_refused()
    {
        await using var platform = await TestPlatform.StartAsync(BackEndKind.Embedded);
        var disk = await platform.AddDiskAsync();
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync($"{Guid.NewGuid()}/measurements"));
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync($"{disk}/measurements?limit=0"));
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync($"{disk}/measurements?after=bm90IGEgZGF5"));
        Assert.Empty((await platform.Client.GetAsync($"/api/v1/disks/{disk}/measurements")).GetProperty("items").EnumerateArray());

        async Task<HttpStatusCode> StatusAsync(string path) => (await platform.Client.Http.GetAsync(new Uri($"/api/v1/disks/{path}", UriKind.Relative))).StatusCode;
    }

    [Theory]
    [InlineData(BackEndKind.Embedded)]
    [InlineData(BackEndKind.Distributed)]
    public async Task Days_long_ago_are_forgotten(BackEndKind kind)
    {
        await using var platform = await TestPlatform.StartAsync(kind, ("Sparsify:Api:MeasurementRetention", "3.00:00:00"), ("Sparsify:Api:RetentionInterval", "00:00:00.2"));
        var disk = await platform.AddDiskAsync("old", d => d with { Measurement = Figures(100, Midnight.AddDays(-4)) });
        await MeasureAsync(platform, disk, Figures(200, Midnight.AddDays(-2)));
        await TestPlatform.UntilAsync(async () => Days(await platform.Client.GetAsync($"/api/v1/disks/{disk}/measurements")).SequenceEqual([Day(-2)]), "only the day that is to be kept is there");
    }

    private static async Task MeasureAsync(TestPlatform platform, Guid disk, VolumeMeasurement figures)
    {
        await platform.MeasuredAsync(disk, figures, actualSize: 1000 + figures.Reclaimable);
        await TestPlatform.UntilAsync(async () => (await platform.Client.GetAsync($"/api/v1/disks/{disk}")) is var view && view.GetProperty("measuredAt").GetDateTimeOffset() == figures.MeasuredAt, "the figures are known");
    }

    private static VolumeMeasurement Figures(long reclaimable, DateTimeOffset at) => new() { Reclaimable = reclaimable, HeldBySnapshots = 7, Exact = true, MeasuredAt = at };

    private static string Day(int days) => Midnight.AddDays(days).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static IEnumerable<string?> Days(JsonElement page) => page.GetProperty("items").EnumerateArray().Select(m => m.Text("day"));
}
