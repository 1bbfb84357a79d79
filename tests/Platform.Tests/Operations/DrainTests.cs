using System.Net;
using Sparsify.Contracts;
using Sparsify.Platform.Tests.Hosting;
using Sparsify.Testing.Servers;
using Xunit;

namespace Sparsify.Platform.Tests.Operations;

public sealed class DrainTests
{
    public static TheoryData<BackEndKind> BackEnds => [BackEndKind.Embedded, BackEndKind.Distributed];

    [Theory]
    [MemberData(nameof(BackEnds))]
    public async Task A_drained_host_ends_what_it_runs_and_gets_nothing_more_until_it_is_put_back(BackEndKind kind)
    {
        await using var platform = await TestPlatform.StartAsync(kind);
        await platform.HostA.HeartbeatAsync(slots: 2);
        await TestPlatform.UntilAsync(async () => (await HostAsync(platform)) is not null, "the host is known");
        var running = await platform.RequestAsync(await platform.AddDiskAsync());
        var job = await platform.HostA.GetJobAsync(running, slots: 2);
        await platform.HostA.BeginAsync(job);
        Assert.Equal(HttpStatusCode.NotFound, (await platform.Client.PostAsync("/api/v1/hosts/nobody/drain", new { })).Status);
        Assert.Equal(HttpStatusCode.Accepted, (await platform.Client.PostAsync("/api/v1/hosts/host-a/drain", new { })).Status);
        await TestPlatform.UntilAsync(async () => (await HostAsync(platform))!.Value.GetProperty("draining").GetBoolean(), "it is shown as drained");

        var waiting = await platform.RequestAsync(await platform.AddDiskAsync());
        for (var i = 0; i < 10; i++)
        {
            await platform.HostA.ClaimAsync(slots: 2);
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        Assert.Single(platform.HostA.Received<SparsifyVolume>());
        Assert.True((await platform.HostA.RenewAsync(job)).Given);
        await platform.HostA.SucceededAsync(job);
        await platform.Client.OperationInAsync(running, TimeSpan.FromSeconds(20), "Completed");
        // A heartbeat does not put it back; a person does.
        await platform.HostA.HeartbeatAsync(slots: 2);
        Assert.Equal(HttpStatusCode.Accepted, (await platform.Client.PostAsync("/api/v1/hosts/host-a/resume", new { })).Status);
        Assert.Equal(waiting, (await platform.HostA.GetJobAsync(waiting)).OperationId);
    }

    private static async Task<System.Text.Json.JsonElement?> HostAsync(TestPlatform platform) =>
        (await platform.Client.GetAsync("/api/v1/hosts")).GetProperty("items").EnumerateArray().Where(h => h.Text("name") == "host-a").Select(h => (System.Text.Json.JsonElement?)h).SingleOrDefault();
}
