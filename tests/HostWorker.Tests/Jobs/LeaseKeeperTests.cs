using System.Globalization;
using Sparsify.Contracts;
using Sparsify.HostWorker.Jobs;
using Xunit;

namespace Sparsify.HostWorker.Tests.Jobs;

/// <summary>A worker that cannot renew its lease ends its own run, before another host may get the disk.</summary>
public sealed class LeaseKeeperTests
{
    /// <summary>The Orchestrator's default guard time: what a host may be late by.</summary>
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task A_lease_is_counted_from_before_it_was_asked_for()
    {
        await using var worker = await RunningWorker.StartAsync(("HeartbeatInterval", "00:00:20"));
        var asked = 0L;
        worker.Told.BeforeRenewal = () =>
        {
            asked = TimeProvider.System.GetTimestamp();
            return Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        };
        var begun = TimeProvider.System.GetTimestamp();
        var lease = await worker.Leases.AcquireAsync(Worker.Job("disk.qcow2", VolumeFormat.Qcow2), TestContext.Current.CancellationToken);
        Assert.InRange(lease.AskedAt, begun, asked);
    }

    [Fact]
    public async Task A_run_that_heeds_no_SIGINT_is_dead_when_the_lease_that_nobody_renews_is_over()
    {
        await using var worker = await RunningWorker.StartAsync();
        worker.Told.Lease = TimeSpan.FromSeconds(8);
        var end = await RunAsync(worker, "trap 'echo told >\"$here/told\"' INT; touch \"$here/ready\"; while :; do date +%s.%N >\"$here/alive.new\"; mv \"$here/alive.new\" \"$here/alive\"; sleep 0.1; done", () => worker.Told.IsSilent = true);
        var failed = Assert.IsType<VolumeJobFailed>(end);
        Assert.Equal((FailureKind.HostLost, false), (failed.Error.Kind, failed.EndedByItself));
        Assert.True(File.Exists(worker.Folder.File("told")));
        var last = double.Parse(await File.ReadAllTextAsync(worker.Folder.File("alive"), TestContext.Current.CancellationToken), CultureInfo.InvariantCulture);
        Assert.InRange(DateTimeOffset.UnixEpoch.AddSeconds(last), worker.Told.Renewals.Max(), worker.Told.Renewals.Max() + worker.Told.Lease + Guard);
    }

    [Fact]
    public async Task A_run_that_ends_on_SIGINT_since_nobody_renews_its_lease_leaves_the_disk_to_be_looked_at()
    {
        await using var worker = await RunningWorker.StartAsync();
        worker.Told.Lease = TimeSpan.FromSeconds(8);
        var failed = Assert.IsType<VolumeJobFailed>(await RunAsync(worker, EndsInOrder, () => worker.Told.IsSilent = true));
        Assert.Equal((FailureKind.HostLost, true, false), (failed.Error.Kind, failed.Retryable, failed.EndedByItself));
        Assert.True(File.Exists(worker.Folder.File("told")));
    }

    [Fact]
    public async Task A_run_whose_lease_is_revoked_is_ended()
    {
        await using var worker = await RunningWorker.StartAsync();
        var failed = Assert.IsType<VolumeJobFailed>(await RunAsync(worker, EndsInOrder, () => worker.Told.Revoked = "Another attempt has the disk."));
        Assert.Equal((FailureKind.HostLost, true, false), (failed.Error.Kind, failed.Retryable, failed.EndedByItself));
        Assert.True(File.Exists(worker.Folder.File("told")));
    }

    /// <summary>With the word of the real one: the lifeline may interrupt it before the worker does.</summary>
    private const string EndsInOrder = """
        messages=${1#--machine-readable=file:}
        trap 'echo told >"$here/told"; echo "{\"message\":\"quit (^C) at user request\",\"type\":\"error\"}" >>"$messages"; exit 1' INT
        touch "$here/ready"
        while :; do sleep 0.1; done
        """;

    /// <summary>Has a run begin, then something happen.</summary>
    /// <returns>What the worker said of its end.</returns>
    private static async Task<object> RunAsync(RunningWorker worker, string during, Action happens)
    {
        await worker.MakeQcow2Async("disk.qcow2");
        await worker.DuringAsync(during);
        var end = worker.EndOfAsync(Worker.Attempt(), Limit);
        while (!File.Exists(worker.Folder.File("ready")))
            await Task.Delay(20, TestContext.Current.CancellationToken);
        happens();
        return await end;
    }
}
