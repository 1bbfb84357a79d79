using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Sparsify.HostWorker.Capabilities;
using Sparsify.Testing.Disks;
using Sparsify.Testing.Processes;
using Xunit;

namespace Sparsify.HostWorker.Tests.Capabilities;

/// <summary>A host whose appliance stops starting, told by a stand-in: the real one cannot be made to on demand.</summary>
public sealed class AppliancePreparationTests
{
    private const string StandIn = """
        #!/bin/bash
        [[ $1 != --version || ! -e $(dirname "$0")/mute ]] || exec sleep 60
        [[ $1 == --version ]] && { echo 'stand-in 1.0'; exit; }
        echo asked >>"$(dirname "$0")/asked"
        accelerator=kvm
        [[ $LIBGUESTFS_BACKEND_SETTINGS != force_tcg ]] || accelerator=tcg
        echo $$ >"$(dirname "$0")/$accelerator.pid"
        [[ ! -e $(dirname "$0")/together ]] || until [[ -s $(dirname "$0")/kvm.pid && -s $(dirname "$0")/tcg.pid ]]; do sleep 0.05; done
        [[ ! -e $(dirname "$0")/$accelerator.sleeps ]] || exec sleep 60
        [[ ! -e $(dirname "$0")/$accelerator.dies ]] || exit 134
        [[ ! -e $(dirname "$0")/$accelerator.late ]] || sleep "$(<"$(dirname "$0")/$accelerator.late")"
        [[ ! -e $(dirname "$0")/stuck ]] || exec sleep 60
        [[ ! -e $(dirname "$0")/broken ]] || { echo 'stand-in: error: no kernel' >&2; exit 1; }
        echo in-place
        """;

    [Fact]
    public async Task Three_failures_in_a_row_take_the_host_out_until_the_appliance_starts_again()
    {
        using var worker = new Worker();
        var tool = await StandInAsync(worker);
        worker.Options.VirtSparsify = tool;
        var clock = new FakeTimeProvider();
        using var appliance = new AppliancePreparation(worker.Wrapped, clock, NullLogger<AppliancePreparation>.Instance);
        Assert.NotNull(await AcceleratorAsync(appliance));

        appliance.Note("no kernel");
        appliance.Note("no kernel");
        appliance.Note(null);
        appliance.Note("no kernel");
        appliance.Note("no kernel");
        Assert.NotNull(await AcceleratorAsync(appliance));
        await TellAsync(worker, "broken");
        appliance.Note("no kernel");
        Assert.Null(await AcceleratorAsync(appliance));
        Assert.Contains("3 runs in a row: no kernel", appliance.Failure, StringComparison.Ordinal);

        // It is tried again in time, and not before.
        var asked = Asked(worker);
        Assert.Null(await AcceleratorAsync(appliance));
        Assert.Equal(asked, Asked(worker));
        clock.Advance(worker.Options.ApplianceRetryInterval);
        Assert.Null(await AcceleratorAsync(appliance));
        Assert.True(Asked(worker) > asked);
        File.Delete(worker.Folder.File("broken"));
        clock.Advance(worker.Options.ApplianceRetryInterval);
        Assert.NotNull(await AcceleratorAsync(appliance));
        Assert.Null(appliance.Failure);
    }

    [Fact]
    public async Task An_appliance_that_does_not_start_in_time_takes_the_host_out_and_does_not_end_the_worker()
    {
        using var worker = new Worker();
        var tool = await StandInAsync(worker);
        await TellAsync(worker, "stuck");
        (worker.Options.VirtSparsify, worker.Options.ApplianceStartLimit, worker.Options.Accelerator) = (tool, TimeSpan.FromSeconds(1), AcceleratorChoice.Tcg);
        var clock = new FakeTimeProvider();
        using var appliance = new AppliancePreparation(worker.Wrapped, clock, NullLogger<AppliancePreparation>.Instance);
        Assert.Null(await AcceleratorAsync(appliance));
        Assert.Contains("did not end within 00:00:01", appliance.Failure, StringComparison.Ordinal);

        File.Delete(worker.Folder.File("stuck"));
        clock.Advance(worker.Options.ApplianceRetryInterval);
        worker.Options.ApplianceStartLimit = TimeSpan.FromMinutes(1);
        Assert.NotNull(await AcceleratorAsync(appliance));
        Assert.Null(appliance.Failure);
    }

    [Fact]
    public async Task A_tool_that_does_not_even_say_its_version_takes_the_host_out_and_does_not_end_the_worker()
    {
        using var worker = new Worker();
        worker.Options.VirtSparsify = await StandInAsync(worker);
        await TellAsync(worker, "mute");
        var clock = new FakeTimeProvider();
        using var appliance = new AppliancePreparation(worker.Wrapped, clock, NullLogger<AppliancePreparation>.Instance);
        Assert.Null(await AcceleratorAsync(appliance));
        Assert.Contains("did not end within 00:00:15", appliance.Failure, StringComparison.Ordinal);

        File.Delete(worker.Folder.File("mute"));
        Assert.Null(await AcceleratorAsync(appliance));
        clock.Advance(worker.Options.ApplianceRetryInterval);
        Assert.NotNull(await AcceleratorAsync(appliance));
        Assert.Null(appliance.Failure);
    }

    [Theory]
    [InlineData("kvm.sleeps", "tcg")]
    [InlineData("kvm.dies", "tcg")]
    [InlineData("tcg.sleeps", "kvm")]
    [InlineData("tcg.dies", "kvm")]
    public async Task An_accelerator_under_which_the_appliance_dies_or_hangs_is_not_used_and_leaves_no_process(string fault, string used)
    {
        using var worker = new Worker();
        using var appliance = await WithKvmAsync(worker);
        // None is killed before it has said who it is.
        await TellAsync(worker, "together");
        await TellAsync(worker, fault);
        Assert.Equal(used, await AcceleratorAsync(appliance));
        Assert.Null(appliance.Failure);
        await ProcessTable.GoneAsync([await PidAsync("kvm"), await PidAsync("tcg")]).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        async Task<int> PidAsync(string accelerator) =>
            int.Parse(await File.ReadAllTextAsync(worker.Folder.File($"{accelerator}.pid"), TestContext.Current.CancellationToken), CultureInfo.InvariantCulture);
    }

    [Theory]
    [InlineData("7", "kvm")]
    [InlineData("60", "tcg")]
    public async Task KVM_is_used_when_it_does_not_take_twice_as_long_as_emulation(string seconds, string used)
    {
        using var worker = new Worker();
        using var appliance = await WithKvmAsync(worker);
        await TellAsync(worker, "tcg.late", "6");
        await TellAsync(worker, "kvm.late", seconds);
        Assert.Equal(used, await AcceleratorAsync(appliance));
    }

    [Fact]
    public async Task Where_it_starts_with_neither_both_are_told()
    {
        using var worker = new Worker();
        using var appliance = await WithKvmAsync(worker);
        await TellAsync(worker, "kvm.sleeps");
        await TellAsync(worker, "tcg.dies");
        worker.Options.ApplianceStartLimit = TimeSpan.FromSeconds(2);
        Assert.Null(await AcceleratorAsync(appliance));
        Assert.Contains("does not start with tcg: it said nothing", appliance.Failure, StringComparison.Ordinal);
        Assert.Contains("does not start with kvm: ", appliance.Failure, StringComparison.Ordinal);
        Assert.Contains("did not end within 00:00:02", appliance.Failure, StringComparison.Ordinal);
    }

    /// <summary>On a machine that has KVM, whether this one has or not, and by the clock.</summary>
    private static async Task<AppliancePreparation> WithKvmAsync(Worker worker)
    {
        worker.Options.VirtSparsify = await StandInAsync(worker);
        return new AppliancePreparation(worker.Wrapped, TimeProvider.System, NullLogger<AppliancePreparation>.Instance) { KvmDevice = worker.Options.VirtSparsify };
    }

    private static async Task<string> StandInAsync(Worker worker)
    {
        // Other tests share what is remembered of the real appliance; of this one nothing is to be remembered.
        worker.Options.Scratch = worker.Folder.Folder("scratch-of-its-own");
        var tool = worker.Folder.File("virt-sparsify");
        await File.WriteAllTextAsync(tool, StandIn, TestContext.Current.CancellationToken);
        await Tools.RunAsync("chmod", "+x", tool);
        return tool;
    }

    /// <summary>Has the stand-in behave otherwise from now on.</summary>
    private static Task TellAsync(Worker worker, string behaviour, string value = "") => File.WriteAllTextAsync(worker.Folder.File(behaviour), value, TestContext.Current.CancellationToken);

    private static async Task<string?> AcceleratorAsync(AppliancePreparation appliance) => (await appliance.ExamineAsync(TestContext.Current.CancellationToken)).Accelerator;

    private static int Asked(Worker worker) => File.ReadAllLines(worker.Folder.File("asked")).Length;
}
