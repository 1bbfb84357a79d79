using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Sparsify.Contracts;
using Sparsify.HostWorker.Jobs;
using Sparsify.HostWorker.Runs;
using Sparsify.HostWorker.Tests.Jobs;
using Sparsify.Testing.Processes;
using Xunit;

namespace Sparsify.HostWorker.Tests.Presence;

/// <summary>A host that cannot work says why, claims nothing as long as that lasts, and claims again by itself.</summary>
public sealed class NotClaimingTests
{
    [Fact]
    public async Task A_host_whose_appliance_does_not_start_three_times_in_a_row_claims_nothing_until_it_starts_again()
    {
        // Not so soon that the first reason could be missed.
        await using var worker = await RunningWorker.StartAsync(("ApplianceRetryInterval", "00:00:10"));
        await worker.ClaimsAsync();
        await worker.MakeQcow2Async("disk.qcow2");
        var broken = worker.Folder.File("no-appliance");
        await File.WriteAllTextAsync(broken, "", TestContext.Current.CancellationToken);
        for (var i = 0; i < 3; i++)
            worker.Runner.Accept(Worker.Attempt());
        await worker.ClaimsNothingAsync("The appliance did not start for 3 runs in a row: The appliance did not start on this host");
        Assert.Equal(3, worker.Runs);

        File.Delete(broken);
        await worker.ClaimsAsync();
    }

    [Fact]
    public async Task A_host_whose_scratch_disk_is_full_claims_nothing_and_gives_back_what_it_gets_until_there_is_room_again()
    {
        await using var scratch = await SmallDisk.MountAsync();
        await using var worker = await RunningWorker.StartAsync(("Scratch", scratch.Path));
        await worker.ClaimsAsync();
        await worker.MakeQcow2Async("disk.qcow2");
        await scratch.FillAsync();
        await worker.ClaimsNothingAsync("Its scratch folder cannot be written to: ");

        var attempt = Worker.Attempt();
        Assert.Contains("cannot note the attempt", (await GivenBackAsync(worker, attempt)).Message, StringComparison.Ordinal);
        // Nothing that a worker would take up after a restart, or that keeps the job from being given again.
        Assert.False(Directory.Exists(worker.Journal.FolderOf(attempt.Job)));

        scratch.Empty();
        await worker.ClaimsAsync();
    }

    [Fact]
    public async Task A_host_whose_scratch_disk_fills_before_a_run_starts_starts_nothing_and_gives_the_job_back()
    {
        await using var scratch = await SmallDisk.MountAsync();
        await using var worker = await RunningWorker.StartAsync(("Scratch", scratch.Path));
        await worker.MakeQcow2Async("disk.qcow2");
        worker.Told.BeforeLeave = scratch.FillAsync;
        Assert.Contains("cannot note the start", (await GivenBackAsync(worker, Worker.Attempt())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_whose_storage_is_away_claims_nothing_until_it_is_back()
    {
        await using var worker = await RunningWorker.StartAsync();
        await worker.ClaimsAsync();
        var (storage, away) = (worker.Folder.File("storage"), worker.Folder.File("away"));
        Directory.Move(storage, away);
        await worker.ClaimsNothingAsync("None of its storage domains' directories is there.");
        Directory.Move(away, storage);
        await worker.ClaimsAsync();
    }

    [Fact]
    public async Task A_host_on_which_a_run_of_its_former_self_lives_claims_nothing_until_that_has_ended()
    {
        var folder = TestFolder.Create("running-worker");
        var journal = new JobJournal(Options.Create(new HostWorkerOptions { Scratch = folder.Folder("scratch") }), NullLogger<JobJournal>.Instance);
        var attempt = Worker.Attempt();
        Assert.True(journal.TryAdd(attempt));
        var start = new ProcessStartInfo("sleep", "600");
        start.Environment[RunMark.Variable] = RunMark.Of(journal.FolderOf(attempt.Job));
        using var former = Process.Start(start)!;
        try
        {
            // It is not noted as virt-sparsify, so it gets no SIGINT; and not killed before the test has seen enough.
            await using var worker = await RunningWorker.StartAsync(folder, ("FencingGrace", "00:05:00"));
            await worker.ClaimsNothingAsync("A run that it started before its last restart has not ended yet.");
            Assert.Empty(worker.Told.Claims);
            former.Kill();
            await worker.ClaimsAsync();
        }
        finally
        {
            former.Kill();
        }
    }

    private static async Task<OperationError> GivenBackAsync(RunningWorker worker, AttemptRecord attempt)
    {
        var failed = Assert.IsType<VolumeJobFailed>(await worker.EndOfAsync(attempt, TimeSpan.FromSeconds(30)));
        Assert.Equal((attempt.Job.OperationId, 0, true, true, FailureKind.Transient), (failed.OperationId, worker.Runs, failed.EndedByItself, failed.Retryable, failed.Error.Kind));
        return failed.Error;
    }
}
