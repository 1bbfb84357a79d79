using Microsoft.EntityFrameworkCore;
using Sparsify.Platform.Tests.Hosting;
using Sparsify.Testing.Servers;
using Xunit;

namespace Sparsify.Platform.Tests.Operations;

public sealed class RetentionTests
{
    public static TheoryData<BackEndKind> BackEnds => [BackEndKind.Embedded, BackEndKind.Distributed];

    [Theory]
    [MemberData(nameof(BackEnds))]
    public async Task Operations_that_ended_long_ago_are_forgotten_with_all_that_belongs_to_them_and_no_others(BackEndKind kind)
    {
        string[] services = ["Orchestrator", "Api"];
        await using var platform = await TestPlatform.StartAsync(
            kind, [.. services.SelectMany(s => new[] { ($"Sparsify:{s}:OperationRetention", "00:00:03"), ($"Sparsify:{s}:RetentionInterval", "00:00:00.5") })]);
        var waiting = await platform.RequestAsync(await platform.AddDiskAsync(), new { priority = "low" });
        var ended = await platform.RequestAsync(await platform.AddDiskAsync());
        var job = await platform.HostA.GetJobAsync(ended);
        await platform.HostA.BeginAsync(job);
        await platform.HostA.SucceededAsync(job);
        await platform.Client.OperationInAsync(ended, TimeSpan.FromSeconds(20), "Completed");
        await TestPlatform.UntilAsync(
            async () => !(await platform.Client.GetAsync("/api/v1/operations")).GetProperty("items").EnumerateArray().Any(o => o.Id() == ended), "the API has forgotten it");
        await TestPlatform.UntilAsync(
            () => platform.WithDatabaseAsync(async db => await db.Operations.CountAsync() == 1 && await db.VolumeJobs.CountAsync() == 1 && !await db.JobAttempts.AnyAsync(a => a.OperationId == ended)),
            "the Orchestrator has forgotten it");
        Assert.Equal("Queued", (await platform.Client.OperationAsync(waiting)).GetProperty("state").GetString());
    }
}
