using System.Net;
using System.Text.Json;
using Sparsify.Testing.Disks;
using Sparsify.Testing.Platforms;
using Xunit;

namespace Sparsify.EndToEnd.Tests;

/// <summary>A disk says that it needs it, and a policy does it at its time, without anybody, in both forms of the platform.</summary>
public sealed class PolicyTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);
    private static readonly string[] Every = ["*"];
    private static readonly string[] Hosts = ["host-a", "host-b"];

    [Fact]
    public async Task Embedded_an_aged_disk_raises_an_alert_and_a_policy_reclaims_it_at_its_time()
    {
        await using var platform = new EmbeddedPlatform();
        await RunAtItsTimeAsync(platform);
    }

    [Fact]
    public async Task Distributed_an_aged_disk_raises_an_alert_and_a_policy_reclaims_it_at_its_time()
    {
        await using var platform = new DistributedPlatform(Hosts);
        await RunAtItsTimeAsync(platform);
    }

    private static async Task RunAtItsTimeAsync(TestPlatform platform)
    {
        var aged = await TestDisk.CreateAsync(platform.Storage, "aged.qcow2", "qcow2");
        var left = await TestDisk.CreateAsync(platform.Storage, "left-out.img", "raw");
        await platform.StartAsync();
        var disk = (await platform.Client.DiskAsync(aged.Name, d => d.GetProperty("needsSparsify").GetBoolean())).Id();
        var reclaimable = (await platform.Client.DiskAsync(left.Name, d => d.GetProperty("needsSparsify").GetBoolean())).GetProperty("reclaimable").GetInt64();
        await platform.Client.UntilHostIsReadyAsync();

        var minute = new DateTimeOffset(DateTime.UtcNow.Ticks / TimeSpan.TicksPerMinute * TimeSpan.TicksPerMinute, TimeSpan.Zero).AddMinutes(1);
        var (status, policy) = await platform.Client.PostAsync("/api/v1/policies", new
        {
            name = "nightly",
            trigger = new { cron = "* * * * *", timeZone = "Europe/Prague" },
            selector = new { disks = Every, exclude = new { disks = (string[])[left.Name] } },
        });
        Assert.True(status == HttpStatusCode.Created, $"{policy}");

        JsonElement last = default;
        var run = await PlatformClient.UntilAsync(
            async () =>
            {
                last = await platform.Client.GetAsync($"/api/v1/policies/{policy.Id()}/runs");
                return last.GetProperty("items").EnumerateArray().Where(r => r.GetProperty("chosen").GetInt32() > 0 && !r.IsNull("endedAt")).Select(r => (JsonElement?)r).FirstOrDefault();
            },
            Limit,
            () => $"the run had ended; last seen: {last}\n{platform.Logs}");
        Assert.True(run.GetProperty("scheduledAt").GetDateTimeOffset() >= minute);

        // The report adds up to what the storage shows.
        var line = run.GetProperty("disks").EnumerateArray().Single(d => d.GetProperty("diskId").GetGuid() == disk);
        Assert.Equal(aged.FilledBytes - aged.AllocatedBytes, run.GetProperty("reclaimed").GetInt64());
        Assert.Equal(aged.FilledBytes - aged.AllocatedBytes, line.GetProperty("reclaimed").GetInt64());
        Assert.InRange(aged.FilledBytes - aged.AllocatedBytes, TestDisk.DeadBytes, long.MaxValue);
        var operation = await platform.Client.OperationAsync(line.GetProperty("operationId").GetGuid());
        Assert.Equal(("Completed", "policy nightly"), (operation.Text("state"), operation.Text("requestedBy")));
        Assert.Equal(left.FilledBytes, left.AllocatedBytes);

        await PlatformClient.UntilAsync<bool>(
            async () => (await platform.Client.GetAsync("/api/v1/alerts")).GetProperty("items").EnumerateArray().Select(a => a.Text("name")).SequenceEqual([left.Name]) ? true : null, TimeSpan.FromMinutes(1), () => "only the alert of the other disk lasts");
        Assert.Equal(reclaimable, (await platform.Client.DiskAsync(left.Name)).GetProperty("reclaimable").GetInt64());
        Assert.Equal(2, (await platform.Client.GetAsync("/api/v1/alerts?all=true")).GetProperty("items").GetArrayLength());
        await aged.VerifyAsync();
    }
}
