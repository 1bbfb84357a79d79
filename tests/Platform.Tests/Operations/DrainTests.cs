using System.Net;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Sparsify.Contracts;
using Sparsify.Messaging;
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
        await TestPlatform.UntilAsync(async () => (await platform.HostAsync("host-a")) is not null, "the host is known");
        var running = await platform.RequestAsync(await platform.AddDiskAsync());
        var job = await platform.HostA.GetJobAsync(running, slots: 2);
        await platform.HostA.BeginAsync(job);
        Assert.Equal(HttpStatusCode.NotFound, (await platform.Client.PostAsync("/api/v1/hosts/nobody/drain", new { })).Status);
        var drained = await platform.Client.PostAsync("/api/v1/hosts/host-a/drain", new { });
        Assert.Equal((HttpStatusCode.Accepted, "It is drained."), (drained.Status, drained.Body.Text("notClaimingBecause")));
        await TestPlatform.UntilAsync(async () => (await platform.HostAsync("host-a"))!.Value.GetProperty("draining").GetBoolean(), "it is shown as drained");

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
        var resumed = await platform.Client.PostAsync("/api/v1/hosts/host-a/resume", new { });
        Assert.Equal((HttpStatusCode.Accepted, true), (resumed.Status, resumed.Body.IsNull("notClaimingBecause")));
        Assert.Equal(waiting, (await platform.HostA.GetJobAsync(waiting)).OperationId);
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public async Task The_newer_request_holds_whichever_arrives_last(BackEndKind kind)
    {
        await using var platform = await TestPlatform.StartAsync(kind);
        var later = DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeMilliseconds();
        await platform.HostA.HeartbeatAsync();
        await TestPlatform.UntilAsync(async () => (await platform.HostAsync("host-a")) is not null, "the host is known");
        await HearAsync(new HostDrainRequested { Host = "host-a", Draining = true, Revision = later }, AtOrchestratorAsync);
        await TestPlatform.UntilAsync(IsShownDrainedAsync, "it is shown as drained");

        // The clock of who answers this one is an hour behind.
        Assert.Equal(HttpStatusCode.Accepted, (await platform.Client.PostAsync("/api/v1/hosts/host-a/resume", new { })).Status);
        await TestPlatform.UntilAsync(async () => !await IsShownDrainedAsync(), "it is shown as put back");
        await HearAsync(new HostDrainRequested { Host = "host-a", Draining = true, Revision = later }, AtOrchestratorAsync);
        await HearAsync(new HostDrainChanged { Host = "host-a", Draining = true, Revision = later }, AtApiAsync);
        Assert.False(await IsShownDrainedAsync());
        Assert.Equal((false, later + 1), await platform.WithDatabaseAsync(async db => await db.Hosts.FindAsync("host-a") is { } host ? (host.Draining, host.DrainRevision) : default));
        var operation = await platform.RequestAsync(await platform.AddDiskAsync());
        Assert.Equal(operation, (await platform.HostA.GetJobAsync(operation)).OperationId);

        async Task<bool> IsShownDrainedAsync() => (await platform.HostAsync("host-a"))!.Value.GetProperty("draining").GetBoolean();

        async Task HearAsync<T>(T message, Func<Guid, Task<bool>> isHeardAsync)
            where T : class
        {
            var id = Guid.NewGuid();
            await platform.Bus.Publish(message, context => context.MessageId = id);
            await TestPlatform.UntilAsync(() => isHeardAsync(id), $"{message} is heard");
        }

        Task<bool> AtOrchestratorAsync(Guid id) => platform.WithDatabaseAsync(db => db.Set<InboxEntry>().AnyAsync(e => e.MessageId == id));

        Task<bool> AtApiAsync(Guid id) => platform.WithReadModelAsync(db => db.Set<InboxEntry>().AnyAsync(e => e.MessageId == id));
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public async Task A_host_of_which_the_Orchestrator_has_not_heard_yet_is_drained_all_the_same(BackEndKind kind)
    {
        await using var platform = await TestPlatform.StartAsync(kind);
        await platform.Bus.Publish(new HostDrainRequested { Host = "host-a", Draining = true, Revision = 1 });
        await TestPlatform.UntilAsync(() => platform.WithDatabaseAsync(db => db.Hosts.AnyAsync(h => h.Draining)), "it is drained");
        await platform.HostA.HeartbeatAsync();
        await TestPlatform.UntilAsync(() => platform.WithDatabaseAsync(db => db.Hosts.AnyAsync(h => h.Name == "host-a" && h.Claims)), "it is known");
        Assert.True(await platform.WithDatabaseAsync(db => db.Hosts.AnyAsync(h => h.Name == "host-a" && h.Draining)));
    }
}
