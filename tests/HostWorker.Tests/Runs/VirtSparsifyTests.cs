using System.Diagnostics;
using Sparsify.Contracts;
using Sparsify.HostWorker.Images;
using Sparsify.HostWorker.Jobs;
using Sparsify.HostWorker.Runs;
using Sparsify.Testing.Disks;
using Xunit;

namespace Sparsify.HostWorker.Tests.Runs;

/// <summary>The real virt-sparsify on disks of several kinds; how a run ends on each.</summary>
public sealed class VirtSparsifyTests
{
    [Fact]
    public async Task A_disk_with_swap_an_LVM_volume_and_a_broken_file_system_names_its_steps_and_what_it_passed_over()
    {
        using var worker = new Worker();
        var disk = worker.File("disk.img");
        await Tools.RunAsync("truncate", "-s", "400M", disk);
        await worker.Appliance.ExamineAsync(TestContext.Current.CancellationToken);
        await GuestfishAsync(worker, disk, "raw", """
            part-init /dev/sda mbr
            part-add /dev/sda p 2048 200000
            part-add /dev/sda p 204800 300000
            part-add /dev/sda p 304128 500000
            part-add /dev/sda p 501760 -2048
            mkswap /dev/sda1
            mkfs ext4 /dev/sda2
            pvcreate /dev/sda3
            vgcreate vg /dev/sda3
            lvcreate root vg 40
            mkfs ext4 /dev/vg/root
            mkfs ext2 /dev/sda4
            """);
        // The superblock stays, and what it leads to is gone.
        await Tools.RunAsync("bash", "-c", $"dd if=/dev/zero of='{disk}' bs=512 seek=$((204800 + 4)) count=8000 conv=notrunc status=none");
        var run = await worker.RunAsync(disk, VolumeFormat.Raw);
        Assert.True(run.ExitCode == 0, run.ErrorTail);
        Assert.Contains(run.Progress.Steps, s => s == "Clearing Linux swap on /dev/sda1");
        Assert.Contains(run.Progress.Steps, s => s == "Trimming /dev/vg/root");
        Assert.Contains(run.Progress.Steps, s => s == "Discard space in volgroup vg");
        Assert.True(run.Progress.FileSystems.PassedOver.Any(p => p.StartsWith("/dev/sda2 (ext", StringComparison.Ordinal)), $"{string.Join(", ", run.Progress.Steps)}\n{run.ErrorTail}");
    }

    [Fact]
    public async Task An_encrypted_guest_fails_as_encrypted_and_its_disk_is_untouched()
    {
        using var worker = new Worker();
        var disk = worker.File("disk.qcow2");
        await Tools.RunAsync("bash", "-c", $"cd '{worker.Storage}' && truncate -s 32M luks && printf letmein | cryptsetup luksFormat -q --type luks1 --pbkdf-force-iterations 1000 luks - && truncate -s 48M raw && echo start=2048 | sfdisk --quiet raw && dd if=luks of=raw bs=1M seek=1 conv=notrunc status=none && qemu-img convert -f raw -O qcow2 raw '{disk}'");
        var before = await Tools.RunAsync("sha256sum", disk);
        var run = await worker.RunAsync(disk, VolumeFormat.Qcow2);
        Assert.NotEqual(0, run.ExitCode);
        var (error, retryable) = FailureClassification.Classify(run.ExitCode, string.Join('\n', run.Progress.Errors.Append(run.ErrorTail)));
        Assert.Equal((FailureKind.Encrypted, false), (error.Kind, retryable));
        Assert.Equal(before, await Tools.RunAsync("sha256sum", disk));
    }

    [Fact]
    public async Task A_disk_that_a_qemu_has_open_fails_as_in_use()
    {
        using var worker = new Worker();
        var disk = worker.File("disk.qcow2");
        await Tools.RunAsync("qemu-img", "create", "-q", "-f", "qcow2", disk, "32M");
        using var qemu = Process.Start(new ProcessStartInfo("qemu-io", ["-f", "qcow2", disk]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        while (Sparsify.HostWorker.Volumes.ImageLock.HolderOf(disk) is null)
            await Task.Delay(50, TestContext.Current.CancellationToken);
        var run = await worker.RunAsync(disk, VolumeFormat.Qcow2);
        qemu.StandardInput.Close();
        var (error, _) = FailureClassification.Classify(run.ExitCode, string.Join('\n', run.Progress.Errors.Append(run.ErrorTail)));
        Assert.Equal(FailureKind.InUse, error.Kind);
    }

    [Fact]
    public async Task A_raw_disk_whose_guest_wrote_a_qcow2_header_is_not_opened_as_one()
    {
        using var worker = new Worker();
        var (secret, disk) = (worker.Folder.File("secret"), worker.File("disk.img"));
        await File.WriteAllTextAsync(secret, new string('s', 4096), TestContext.Current.CancellationToken);
        await Tools.RunAsync("qemu-img", "create", "-q", "-f", "qcow2", "-b", secret, "-F", "raw", disk, "32M");
        await Tools.RunAsync("truncate", "-s", "64M", disk);
        var run = await worker.RunAsync(disk, VolumeFormat.Raw);
        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.Progress.Steps);
        var judged = RunJudgement.Judge(new AttemptRecord { Job = Worker.Job(), SizeBefore = 1, StartedAt = DateTimeOffset.UnixEpoch }, run, null, 1, ImageCheckResult.Sound, DateTimeOffset.UnixEpoch);
        Assert.Equal(RunOutcome.CompletedWithWarnings, Assert.IsType<VolumeJobSucceeded>(judged).Outcome);
    }

    private static async Task GuestfishAsync(Worker worker, string disk, string format, string commands)
    {
        var script = worker.Folder.File("guestfish");
        await File.WriteAllTextAsync(script, $"run\n{commands}\n");
        var environment = worker.Appliance.EnvironmentOf("test").Where(v => v.Value is not null).Select(v => $"{v.Key}={v.Value}");
        await Tools.RunAsync("env", [.. environment, "guestfish", $"--format={format}", "-a", disk, "-f", script]);
    }
}
