using System.Globalization;
using System.Net;
using Sparsify.Testing.Disks;
using Sparsify.Testing.Platforms;
using Xunit;

namespace Sparsify.EndToEnd.Tests;

/// <summary>The whole platform on many real disks, in both of its forms.</summary>
public sealed class ManyDisksTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);
    private static readonly string[] Hosts = ["host-a", "host-b"];

    /// <summary>How many disks there are, half of them raw. <c>SPARSIFY_TEST_DISKS=10</c> has them be many.</summary>
    private static readonly int Disks = int.Parse(Environment.GetEnvironmentVariable("SPARSIFY_TEST_DISKS") ?? "4", CultureInfo.InvariantCulture);

    [Fact]
    public async Task Embedded_all_shrink_and_every_file_is_unchanged()
    {
        await using var platform = new EmbeddedPlatform(slots: 2);
        await SparsifyAllAsync(platform, Disks);
    }

    [Fact]
    public async Task Distributed_all_shrink_both_hosts_work_and_every_file_is_unchanged()
    {
        await using var platform = new DistributedPlatform(Hosts);
        var operations = await SparsifyAllAsync(platform, Disks);
        Assert.Equal(Hosts, operations.Select(o => o.GetProperty("host").GetString()!).Distinct().Order());
        foreach (var queue in await platform.Broker.QueuesAsync())
        {
            var name = queue.GetProperty("name").GetString()!;
            Assert.DoesNotContain("dead-letter", name, StringComparison.Ordinal);
            Assert.DoesNotContain("skipped", name, StringComparison.Ordinal);
            // A process's own endpoint, for answers, goes away with it.
            Assert.Equal(name.Contains("_bus_", StringComparison.Ordinal) ? "classic" : "quorum", queue.GetProperty("type").GetString());
        }

        Assert.Equal(0, await platform.Database.QueryAsync<long>("SELECT count(*) FROM orchestrator.disk_locks"));
        Assert.Equal(0, await platform.Database.QueryAsync<long>("SELECT count(*) FROM orchestrator.leases"));
        // What was sent goes a moment later, many rows at once.
        await PlatformClient.UntilAsync<bool>(
            async () => await platform.Database.QueryAsync<long>("SELECT count(*) FROM orchestrator.outbox") == 0 ? true : null, TimeSpan.FromSeconds(10), () => "the outbox is empty");
    }

    private async Task<List<System.Text.Json.JsonElement>> SparsifyAllAsync(TestPlatform platform, int count)
    {
        var disks = new List<TestDisk>();
        for (var i = 0; i < count; i++)
            disks.Add(await TestDisk.CreateAsync(platform.Storage, i % 2 == 0 ? $"disk-{i}.img" : $"disk-{i}.qcow2", i % 2 == 0 ? "raw" : "qcow2"));
        var before = disks.ToDictionary(d => d.Name, d => d.AllocatedBytes);
        await platform.StartAsync();

        await NeedsAsync(platform, "disks?needsSparsify=true", names => names.Order().SequenceEqual(disks.Select(d => d.Name)), "every disk says that it needs it");
        var running = new List<(TestDisk Disk, Guid Id)>();
        foreach (var disk in disks)
        {
            var id = (await platform.Client.DiskAsync(disk.Name, d => d.GetProperty("eligible").GetBoolean())).GetProperty("id").GetGuid();
            var (status, operation) = await platform.Client.SparsifyAsync(id);
            Assert.Equal(HttpStatusCode.Accepted, status);
            running.Add((disk, operation.GetProperty("id").GetGuid()));
        }

        var ended = new List<System.Text.Json.JsonElement>();
        foreach (var (disk, id) in running)
        {
            var operation = await platform.Client.OperationInAsync(id, Limit);
            Assert.True(operation.GetProperty("state").GetString() == "Completed", $"{operation}\n{platform.Logs}");
            Assert.Equal("Reclaimed", operation.GetProperty("outcome").GetString());
            Assert.Empty(operation.GetProperty("warnings").EnumerateArray());
            var after = disk.AllocatedBytes;
            Assert.Equal((before[disk.Name], after), (operation.GetProperty("sizeBefore").GetInt64(), operation.GetProperty("sizeAfter").GetInt64()));
            Assert.InRange(before[disk.Name] - after, TestDisk.DeadBytes, long.MaxValue);
            await disk.VerifyAsync();
            var unlocked = await platform.Client.DiskAsync(disk.Name, d => d.GetProperty("operationId").ValueKind == System.Text.Json.JsonValueKind.Null);
            Assert.Equal(after, unlocked.GetProperty("actualSize").GetInt64());
            output.WriteLine($"{disk.Name} on {operation.GetProperty("host")}: {before[disk.Name] >> 20} to {after >> 20} MiB in {operation.GetProperty("finishedAt").GetDateTimeOffset() - operation.GetProperty("startedAt").GetDateTimeOffset()}");
            ended.Add(operation);
        }

        await NeedsAsync(platform, "alerts", names => names.Length == 0, "no alert lasts");
        var over = (await platform.Client.GetAsync("/api/v1/alerts?all=true")).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(count, over.Count);
        // By what is heard first: the end of the operation, or what was measured after it.
        Assert.All(over, a => Assert.Contains(a.Text("clearedBecause"), (string[])["sparsified", "belowThreshold"]));
        return ended;
    }

    private static Task<bool> NeedsAsync(TestPlatform platform, string path, Func<string[], bool> condition, string what) => PlatformClient.UntilAsync<bool>(
        async () => condition([.. (await platform.Client.GetAsync($"/api/v1/{path}")).GetProperty("items").EnumerateArray().Select(i => i.Text("name")!)]) ? true : null, TimeSpan.FromMinutes(1), () => what);
}
