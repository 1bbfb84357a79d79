using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Sparsify.Contracts;
using Sparsify.Platform.Tests.Hosting;
using Sparsify.Testing.Servers;
using Xunit;

namespace Sparsify.Platform.Tests.Rest;

/// <summary>Asking for a disk to be sparsified.</summary>
public sealed class SparsifyTests
{
    public static TheoryData<BackEndKind> BackEnds => [BackEndKind.Embedded, BackEndKind.Distributed];

    [Theory]
    [MemberData(nameof(BackEnds))]
    public async Task The_same_request_id_many_times_at_once_is_one_operation(BackEndKind kind)
    {
        await using var platform = await TestPlatform.StartAsync(kind);
        var (disk, request) = (await platform.AddDiskAsync(), Guid.NewGuid());
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => platform.Client.SparsifyAsync(disk, new { requestId = request })));
        Assert.All(answers, a => Assert.Equal((HttpStatusCode.Accepted, request), (a.Status, a.Body.Id())));
        Assert.Equal(1, await platform.WithDatabaseAsync(db => db.Operations.CountAsync()));
        var (status, problem) = await platform.Client.SparsifyAsync(await platform.AddDiskAsync(), new { requestId = request });
        Assert.Equal((HttpStatusCode.Conflict, "REQUEST_ID_REUSED"), (status, problem.Text("code")));
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public async Task Many_requests_for_one_disk_at_once_start_one_operation(BackEndKind kind)
    {
        await using var platform = await TestPlatform.StartAsync(kind);
        var disk = await platform.AddDiskAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => platform.Client.SparsifyAsync(disk)));
        var accepted = Assert.Single(answers, a => a.Status == HttpStatusCode.Accepted).Body.Id();
        Assert.All(answers.Where(a => a.Body.TryGetProperty("code", out _)), a =>
            Assert.Equal((HttpStatusCode.Conflict, "DISK_LOCKED", accepted), (a.Status, a.Body.Text("code"), a.Body.Id("operationId"))));
        Assert.Equal(1, await platform.WithDatabaseAsync(db => db.DiskLocks.CountAsync()));
    }

    [Fact]
    public async Task A_refusal_names_every_violation_with_its_remedy_and_a_trace()
    {
        await using var platform = await TestPlatform.StartAsync(BackEndKind.Embedded);
        var disk = await platform.AddDiskAsync(change: d => d with { Allocation = VolumeAllocation.Preallocated, DerivedDisks = 2, Illegal = true });
        using var answer = await platform.Client.Http.PostAsJsonAsync($"/api/v1/disks/{disk}/sparsify", new { }, TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal(["DISK_ILLEGAL", "HAS_DERIVED_DISKS", "PREALLOCATED"], problem.Codes().Order());
        Assert.All(problem.GetProperty("violations").EnumerateArray(), v => Assert.NotEmpty(v.Text("remedy")!));
        Assert.Matches("^[0-9a-f]{32}$", problem.Text("traceId"));
        Assert.Equal(("Rejected", problem.Text("traceId")), (await platform.Client.OperationAsync(problem.Id("operationId"))) is var o ? (o.Text("state"), o.Text("traceId")) : default);
    }

    [Fact]
    public async Task A_dry_run_says_what_would_come_and_starts_nothing()
    {
        await using var platform = await TestPlatform.StartAsync(BackEndKind.Embedded);
        var disk = await platform.AddDiskAsync(change: d => d with { ChainLength = 2 });
        var (status, refused) = await platform.Client.SparsifyAsync(disk, new { dryRun = true });
        Assert.Equal((HttpStatusCode.OK, false), (status, refused.GetProperty("eligible").GetBoolean()));
        Assert.Equal(["HAS_SNAPSHOTS"], refused.Codes());
        var (_, allowed) = await platform.Client.SparsifyAsync(disk, new { dryRun = true, allowSnapshots = true });
        Assert.True(allowed.GetProperty("eligible").GetBoolean());
        Assert.Empty((await platform.Client.GetAsync("/api/v1/operations")).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task A_dry_run_has_a_host_measure_and_else_gives_the_last_known_figures()
    {
        await using var platform = await TestPlatform.StartAsync(BackEndKind.Embedded, ("Sparsify:Api:MeasureTimeout", "00:00:02"));
        var known = new VolumeMeasurement { Reclaimable = 111, HeldBySnapshots = 7, Exact = true, MeasuredAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero) };
        var disk = await platform.AddDiskAsync(change: d => d with { Measurement = known });
        var view = await platform.Client.GetAsync($"/api/v1/disks/{disk}");
        Assert.Equal((111, 7, known.MeasuredAt), (view.GetProperty("reclaimable").GetInt64(), view.GetProperty("heldBySnapshots").GetInt64(), view.GetProperty("measuredAt").GetDateTimeOffset()));
        Assert.Equal(111, await MeasuredAsync());

        await platform.HostA.HeartbeatAsync();
        await TestPlatform.UntilAsync(async () => (await platform.Client.GetAsync("/api/v1/hosts")).GetProperty("items").GetArrayLength() > 0, "the host is known");
        Assert.Equal(111, await MeasuredAsync());
        platform.HostA.Measures = (asked, waited) => !waited ? null : new VolumeMeasured
        {
            Host = platform.HostA.Name,
            DiskId = asked.DiskId,
            StorageDomain = asked.StorageDomain,
            Path = asked.Path,
            VirtualSize = 10_000,
            ActualSize = 1000,
            Measurement = known with { Reclaimable = 222, Regions = [new MeasuredRegion { Kind = MeasuredRegionKind.GroupFreeSpace, Start = 1, Size = 2, Reclaimable = 222 }] },
            Stamp = "1",
        };
        Assert.Equal(222, await MeasuredAsync());

        async Task<long> MeasuredAsync()
        {
            var (status, answer) = await platform.Client.SparsifyAsync(disk, new { dryRun = true });
            Assert.Equal(HttpStatusCode.OK, status);
            return answer.GetProperty("measurement").GetProperty("reclaimable").GetInt64();
        }
    }

    [Fact]
    public async Task What_a_host_measures_is_shown_and_an_older_figure_is_not()
    {
        await using var platform = await TestPlatform.StartAsync(BackEndKind.Embedded);
        var disk = await platform.AddDiskAsync("measured");
        var now = DateTimeOffset.UtcNow;
        await MeasureAsync(500, now);
        await TestPlatform.UntilAsync(async () => (await platform.Client.GetAsync($"/api/v1/disks/{disk}")) is var view && !view.IsNull("reclaimable") && view.GetProperty("reclaimable").GetInt64() == 500, "the figure is shown");
        await MeasureAsync(900, now.AddMinutes(-1));
        await MeasureAsync(600, now.AddMinutes(1));
        await TestPlatform.UntilAsync(async () => (await platform.Client.GetAsync($"/api/v1/disks/{disk}")).GetProperty("reclaimable").GetInt64() == 600, "the newer figure is shown");

        Task MeasureAsync(long reclaimable, DateTimeOffset at) => platform.MeasuredAsync(disk, new VolumeMeasurement { Reclaimable = reclaimable, HeldBySnapshots = 0, Exact = true, MeasuredAt = at });
    }

    [Fact]
    public async Task Without_its_database_nothing_is_promised_and_nothing_started()
    {
        await using var platform = await TestPlatform.StartAsync(BackEndKind.Distributed);
        var (disk, request) = (await platform.AddDiskAsync(), Guid.NewGuid());
        await platform.BackEnd.Database!.CloseAsync();
        using var refused = await platform.Client.Http.PostAsJsonAsync($"/api/v1/disks/{disk}/sparsify", new { requestId = request }, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal("5", refused.Headers.RetryAfter?.ToString());
        using var ready = await platform.Client.Http.GetAsync(new Uri("/healthz/ready", UriKind.Relative), TestContext.Current.CancellationToken);
        using var live = await platform.Client.Http.GetAsync(new Uri("/healthz/live", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK), (ready.StatusCode, live.StatusCode));

        await platform.BackEnd.Database.OpenAsync();
        await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
        Assert.Empty((await platform.Client.GetAsync("/api/v1/operations")).GetProperty("items").EnumerateArray());
        var (status, operation) = await platform.Client.SparsifyAsync(disk, new { requestId = request });
        Assert.Equal((HttpStatusCode.Accepted, request), (status, operation.Id()));
    }

    [Fact]
    public async Task Accepted_while_the_broker_is_away_is_run_when_it_is_back()
    {
        await using var platform = await TestPlatform.StartAsync(BackEndKind.Distributed, ("Sparsify:Api:DecisionTimeout", "00:00:00.5"));
        var disk = await platform.AddDiskAsync();
        await platform.BackEnd.Broker!.CutConnectionsAsync();
        var operation = await platform.RequestAsync(disk);
        var job = await platform.HostA.GetJobAsync(operation);
        await platform.HostA.SucceededAsync(job);
        await platform.Client.OperationInAsync(operation, TimeSpan.FromSeconds(30), "Completed");
    }
}
