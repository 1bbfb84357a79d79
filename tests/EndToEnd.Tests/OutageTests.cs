using System.Globalization;
using System.Net;
using Sparsify.Testing.Disks;
using Sparsify.Testing.Platforms;
using Sparsify.Testing.Servers;
using Xunit;

namespace Sparsify.EndToEnd.Tests;

/// <summary>A broker and a database that are away, while virt-sparsify works on a real disk and before anything else has started.</summary>
public sealed class OutageTests
{
    /// <summary>How long each is away. <c>SPARSIFY_TEST_OUTAGE=00:02:00</c> has them be away for minutes.</summary>
    private static readonly TimeSpan Away = TimeSpan.Parse(Environment.GetEnvironmentVariable("SPARSIFY_TEST_OUTAGE") ?? "00:00:05", CultureInfo.InvariantCulture);

    private static readonly TimeSpan Limit = Away + TimeSpan.FromMinutes(4);

    [Fact]
    public async Task Services_that_start_first_wait_for_broker_and_database_and_an_outage_shorter_than_the_lease_costs_a_run_nothing()
    {
        await using var rabbitMq = await PrivateRabbitMq.StartAsync();
        await using var postgres = await PrivatePostgres.StartAsync();
        await using var platform = new DistributedPlatform(["host-a"], servers: new ServerAddresses(rabbitMq.Address, rabbitMq.Management, postgres.ConnectionString, "private"));
        var running = await TestDisk.CreateAsync(platform.Storage, "running.img", "raw");
        var waiting = await TestDisk.CreateAsync(platform.Storage, "waiting.qcow2", "qcow2");
        await platform.PrepareAsync();
        var back = Task.WhenAll(rabbitMq.RestartAsync(kill: false, Away), postgres.RestartAsync(crash: false, Away));
        platform.Launch();
        await back;
        await platform.ReadyAsync();
        await platform.Client.UntilHostIsReadyAsync();

        var (first, second) = ((await platform.Client.DiskAsync(running.Name)).Id(), (await platform.Client.DiskAsync(waiting.Name)).Id());
        var operation = (await platform.Client.SparsifyAsync(first)).Body.Id();
        await platform.Client.OperationInAsync(operation, Limit, "Running");
        var outage = postgres.RestartAsync(crash: true, Away);
        await RefusedAsync(platform, second);
        await outage;
        outage = rabbitMq.RestartAsync(kill: true, Away);
        // The database alone can keep a promise.
        var (status, promised) = await UntilAcceptedAsync(platform, second);
        Assert.Equal(HttpStatusCode.Accepted, status);
        await outage;

        foreach (var (disk, id) in new[] { (running, operation), (waiting, promised) })
        {
            var done = await platform.Client.OperationInAsync(id, Limit);
            Assert.True(done.Text("state") == "Completed", $"{done}\n{platform.Logs}");
            Assert.Single(done.GetProperty("attempts").EnumerateArray());
            await disk.VerifyAsync();
        }
    }

    /// <summary>Nothing can be promised, so nothing is started, and the client is told when to come again.</summary>
    private static async Task RefusedAsync(DistributedPlatform platform, Guid disk)
    {
        var end = DateTime.UtcNow + Away;
        while (true)
        {
            using var answer = await platform.Client.Http.PostAsync(new Uri($"/api/v1/disks/{disk}/sparsify", UriKind.Relative), null);
            if (answer.StatusCode == HttpStatusCode.ServiceUnavailable)
            {
                Assert.NotNull(answer.Headers.RetryAfter);
                return;
            }

            Assert.True(DateTime.UtcNow < end, $"The database is away, and the answer is {answer.StatusCode}.");
        }
    }

    private static async Task<(HttpStatusCode Status, Guid Operation)> UntilAcceptedAsync(DistributedPlatform platform, Guid disk)
    {
        var request = Guid.NewGuid();
        while (true)
        {
            var (status, body) = await platform.Client.SparsifyAsync(disk, new { requestId = request });
            if (status != HttpStatusCode.ServiceUnavailable)
                return (status, body.Id());
            await Task.Delay(TimeSpan.FromMilliseconds(200));
        }
    }
}
