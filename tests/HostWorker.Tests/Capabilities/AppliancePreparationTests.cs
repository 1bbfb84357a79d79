using Sparsify.Testing.Disks;
using Xunit;

namespace Sparsify.HostWorker.Tests.Capabilities;

/// <summary>A host whose appliance stops starting, told by a stand-in: the real one cannot be made to on demand.</summary>
public sealed class AppliancePreparationTests
{
    private const string StandIn = """
        #!/bin/bash
        [[ $1 == --version ]] && { echo 'stand-in 1.0'; exit; }
        echo asked >>"$(dirname "$0")/asked"
        [[ ! -e $(dirname "$0")/broken ]] || { echo 'stand-in: error: no kernel' >&2; exit 1; }
        echo in-place
        """;

    [Fact]
    public async Task Three_failures_in_a_row_take_the_host_out_until_the_appliance_starts_again()
    {
        using var worker = new Worker();
        var tool = worker.Folder.File("virt-sparsify");
        await File.WriteAllTextAsync(tool, StandIn, TestContext.Current.CancellationToken);
        await Tools.RunAsync("chmod", "+x", tool);
        (worker.Options.VirtSparsify, worker.Options.ApplianceRetryInterval) = (tool, TimeSpan.FromSeconds(2));
        Assert.NotNull(await AcceleratorAsync(worker));

        worker.Appliance.Note("no kernel");
        worker.Appliance.Note("no kernel");
        worker.Appliance.Note(null);
        worker.Appliance.Note("no kernel");
        worker.Appliance.Note("no kernel");
        Assert.NotNull(await AcceleratorAsync(worker));
        await File.WriteAllTextAsync(worker.Folder.File("broken"), "", TestContext.Current.CancellationToken);
        worker.Appliance.Note("no kernel");
        Assert.Null(await AcceleratorAsync(worker));
        Assert.Contains("3 runs in a row: no kernel", worker.Appliance.Failure, StringComparison.Ordinal);

        // It is tried again in time, and not before.
        var asked = Asked(worker);
        Assert.Null(await AcceleratorAsync(worker));
        Assert.Equal(asked, Asked(worker));
        await Task.Delay(worker.Options.ApplianceRetryInterval, TestContext.Current.CancellationToken);
        Assert.Null(await AcceleratorAsync(worker));
        Assert.True(Asked(worker) > asked);
        File.Delete(worker.Folder.File("broken"));
        await Task.Delay(worker.Options.ApplianceRetryInterval, TestContext.Current.CancellationToken);
        Assert.NotNull(await AcceleratorAsync(worker));
        Assert.Null(worker.Appliance.Failure);
    }

    private static async Task<string?> AcceleratorAsync(Worker worker) => (await worker.Appliance.ExamineAsync(TestContext.Current.CancellationToken)).Accelerator;

    private static int Asked(Worker worker) => File.ReadAllLines(worker.Folder.File("asked")).Length;
}
