using System.Diagnostics;
using Sparsify.Contracts;
using Sparsify.HostWorker.Volumes;
using Sparsify.Testing.Disks;
using Xunit;

namespace Sparsify.HostWorker.Tests.Volumes;

/// <summary>What is looked at before anything is written.</summary>
public sealed class VolumeTests
{
    [Theory]
    [InlineData("../outside.img")]
    [InlineData("/etc/passwd")]
    [InlineData("a/../../outside.img")]
    [InlineData("./disk.img")]
    [InlineData("a//b.img")]
    [InlineData("")]
    [InlineData("disk.img\0.png")]
    [InlineData("link.img")]
    [InlineData("folder/disk.img")]
    public void A_path_never_leads_outside_its_storage_domain(string path)
    {
        using var worker = new Worker();
        File.WriteAllText(worker.Folder.File("outside.img"), "");
        File.WriteAllText(worker.File("disk.img"), "");
        File.CreateSymbolicLink(worker.File("link.img"), worker.Folder.File("outside.img"));
        Directory.CreateDirectory(worker.Folder.File("elsewhere"));
        File.WriteAllText(worker.Folder.File("elsewhere/disk.img"), "");
        Directory.CreateSymbolicLink(worker.File("folder"), worker.Folder.File("elsewhere"));
        Assert.Throws<OutsideStorageDomainException>(() => worker.Roots.Resolve(Worker.Domain, path));
        Assert.Equal(worker.File("disk.img"), worker.Roots.Resolve(Worker.Domain, "disk.img"));
    }

    [Fact]
    public void A_storage_domain_that_is_not_there_is_unreachable_not_empty()
    {
        using var worker = new Worker();
        Assert.Throws<UnreachableStorageException>(() => worker.Roots.Resolve("other", "disk.img"));
        Directory.Delete(worker.Storage);
        Assert.Throws<UnreachableStorageException>(() => worker.Roots.Resolve(Worker.Domain, "disk.img"));
        Assert.Empty(worker.Roots.Reachable);
    }

    [Fact]
    public async Task A_storage_domain_whose_mount_is_gone_is_away_although_its_directory_is_there()
    {
        using var worker = new Worker();
        await Tools.RunAsync("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", worker.Storage);
        try
        {
            await System.IO.File.WriteAllTextAsync(worker.File("disk.img"), "", TestContext.Current.CancellationToken);
            worker.Roots.NoteSeen(Worker.Domain);
            Assert.Equal([Worker.Domain], worker.Roots.Reachable);
        }
        finally
        {
            await Tools.RunAsync("umount", worker.Storage);
        }

        // Also to a worker that is started meanwhile.
        Assert.Empty(worker.Roots.Reachable);
        Assert.Contains("nothing is mounted there now", Assert.Throws<UnreachableStorageException>(() => worker.Roots.Resolve(Worker.Domain, "disk.img")).Message, StringComparison.Ordinal);
        await Tools.RunAsync("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", worker.Storage);
        try
        {
            Assert.Equal([Worker.Domain], worker.Roots.Reachable);
        }
        finally
        {
            await Tools.RunAsync("umount", worker.Storage);
        }
    }

    [Theory]
    [InlineData("raw")]
    [InlineData("qcow2")]
    public async Task An_image_that_a_qemu_has_open_is_in_use_and_free_afterwards(string format)
    {
        using var worker = new Worker();
        var image = worker.File("image");
        await Tools.RunAsync("qemu-img", "create", "-q", "-f", format, image, "4M");
        Assert.Null(ImageLock.HolderOf(image));
        using var qemu = Process.Start(new ProcessStartInfo("qemu-io", ["-f", format, image]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        await UntilAsync(() => ImageLock.HolderOf(image) is not null);
        var live = Measured(null);
        Assert.Equal((true, false), (live.Measurement.Live, live.Measurement.Exact));
        qemu.StandardInput.Close();
        await UntilAsync(() => ImageLock.HolderOf(image) is null);
        // What was read meanwhile does not hold any more, whatever the file's times say.
        var free = Measured(live.Stamp);
        Assert.Equal((false, true), (free.Measurement.Live, free.Measurement.Exact));

        VolumeMeasured Measured(string? stamp) => Assert.IsType<VolumeMeasured>(worker.Measuring.Answer(new MeasureVolume
        {
            DiskId = Guid.NewGuid(),
            StorageDomain = Worker.Domain,
            Path = "image",
            Format = Enum.Parse<VolumeFormat>(format, ignoreCase: true),
            KnownStamp = stamp,
        }));
    }

    [Fact]
    public async Task What_a_volume_takes_is_its_blocks()
    {
        using var worker = new Worker();
        await Tools.RunAsync("truncate", "-s", "64M", worker.File("a"));
        Assert.Equal((0, 64 << 20), (Allocation.Bytes(worker.File("a")), Allocation.Length(worker.File("a"))));
        await Tools.RunAsync("fallocate", "-l", "1M", worker.File("b"));
        Assert.InRange(Allocation.Bytes(worker.File("b")), 1 << 20, (1 << 20) + (64 << 10));
    }

    [Theory]
    [InlineData(false, "HAS_SNAPSHOTS")]
    [InlineData(true, null)]
    public async Task A_chain_is_worked_on_only_when_it_was_asked_for(bool allowSnapshots, string? refusal)
    {
        using var worker = new Worker();
        await Tools.RunAsync("qemu-img", "create", "-q", "-f", "qcow2", worker.File("base.qcow2"), "4M");
        await Tools.RunAsync("qemu-img", "create", "-q", "-f", "qcow2", "-b", "base.qcow2", "-F", "qcow2", worker.File("leaf.qcow2"));
        var (_, violations, _) = worker.Check.Examine(Worker.Job("leaf.qcow2", VolumeFormat.Qcow2, allowSnapshots));
        Assert.Equal(refusal is null ? [] : [refusal], violations.Select(v => v.Code));
    }

    [Theory]
    [InlineData("raw", VolumeFormat.Raw, "base.img")]
    [InlineData("qcow2", VolumeFormat.Qcow2, "base.qcow2")]
    public async Task A_volume_that_another_is_based_on_is_not_written_even_when_nobody_reported_the_other(string format, VolumeFormat volumeFormat, string name)
    {
        using var worker = new Worker();
        Directory.CreateDirectory(worker.File("new"));
        await Tools.RunAsync("qemu-img", "create", "-q", "-f", format, worker.File(name), "4M");
        Assert.Empty(worker.Check.Examine(Worker.Job(name, volumeFormat)).Violations);
        await Tools.RunAsync("qemu-img", "create", "-q", "-f", "qcow2", "-b", $"../{name}", "-F", format, worker.File("new/leaf.qcow2"));
        var violation = Assert.Single(worker.Check.Examine(Worker.Job(name, volumeFormat)).Violations);
        Assert.Equal("HAS_DERIVED_DISKS", violation.Code);
        Assert.Contains("new/leaf.qcow2", violation.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Version_2_with_a_backing_file_is_refused_since_a_run_would_free_nothing()
    {
        using var worker = new Worker();
        await Tools.RunAsync("qemu-img", "create", "-q", "-f", "qcow2", worker.File("base.qcow2"), "4M");
        await Tools.RunAsync("qemu-img", "create", "-q", "-f", "qcow2", "-o", "compat=0.10", "-b", "base.qcow2", "-F", "qcow2", worker.File("leaf.qcow2"));
        var (_, violations, _) = worker.Check.Examine(Worker.Job("leaf.qcow2", VolumeFormat.Qcow2, allowSnapshots: true));
        Assert.Equal(["FORMAT_UNSUPPORTED"], violations.Select(v => v.Code));
    }

    [Fact]
    public async Task What_is_no_file_holds_nothing_up()
    {
        using var worker = new Worker();
        await Tools.RunAsync("mkfifo", worker.File("pipe.qcow2"), worker.File("pipe.img"));
        await Tools.RunAsync("qemu-img", "create", "-q", "-f", "qcow2", worker.File("disk.qcow2"), "4M");
        // Nobody can read it, and it names a pipe as its base.
        await Tools.RunAsync("qemu-img", "create", "-q", "-u", "-f", "qcow2", "-b", "pipe.img", "-F", "qcow2", worker.File("above.qcow2"), "4M");
        var reports = await InTimeAsync(() => worker.Discovery.Look(Worker.Domain, worker.Storage));
        Assert.Equal([("above.qcow2", VolumeFormat.Other), ("disk.qcow2", VolumeFormat.Qcow2)], reports.Select(r => (r.Path, r.Format)).Order());
        Assert.Empty((await InTimeAsync(() => worker.Check.Examine(Worker.Job("disk.qcow2", VolumeFormat.Qcow2)))).Violations);
        foreach (var (path, format) in new[] { ("pipe.qcow2", VolumeFormat.Qcow2), ("pipe.img", VolumeFormat.Raw), ("above.qcow2", VolumeFormat.Qcow2) })
        {
            var asked = new MeasureVolume { DiskId = Guid.NewGuid(), StorageDomain = Worker.Domain, Path = path, Format = format };
            Assert.Contains("neither a file nor a block device", Assert.IsType<VolumeNotMeasured>(await InTimeAsync(() => worker.Measuring.Answer(asked))).Reason, StringComparison.Ordinal);
        }

        await Assert.ThrowsAsync<IOException>(() => InTimeAsync(() => ImageLock.HolderOf(worker.File("pipe.img"))));
    }

    /// <summary>Opening a pipe waits for its other end, for ever.</summary>
    private static Task<T> InTimeAsync<T>(Func<T> look) => Task.Run(look).WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var i = 0; !condition(); i++)
        {
            Assert.True(i < 200, "It did not come to that within 10 s.");
            await Task.Delay(50);
        }
    }
}
