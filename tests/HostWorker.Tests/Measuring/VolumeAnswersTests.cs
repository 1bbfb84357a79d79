using Sparsify.Contracts;
using Sparsify.Testing.Disks;
using Xunit;

namespace Sparsify.HostWorker.Tests.Measuring;

public sealed class VolumeAnswersTests
{
    [Fact]
    public async Task A_volume_is_measured_again_only_when_it_has_changed()
    {
        using var worker = new Worker();
        await Tools.RunAsync("bash", "-c", $"cd '{worker.Storage}' && truncate -s 32M a.img && mkfs.ext4 -q -F a.img && dd if=/dev/urandom of=a.img bs=1M seek=9 count=4 conv=notrunc status=none && qemu-img convert -f raw -O qcow2 a.img b.qcow2");
        var first = Measured("a.img");
        Assert.Equal((true, "ext4", false, false), (first.Measurement.Exact, Assert.Single(first.Measurement.Regions).FileSystem, first.Encrypted!.Value, first.VolumeGroupIncomplete!.Value));
        // In a block group without a journal, whose blocks are all free; mkfs leaves a few of its own.
        Assert.InRange(first.Measurement.Reclaimable, 4 << 20, (4 << 20) + (256 << 10));
        Assert.InRange(Measured("b.qcow2", VolumeFormat.Qcow2).Measurement.Reclaimable, 4 << 20, (4 << 20) + (256 << 10));
        Assert.IsType<VolumeUnchanged>(Ask("a.img", stamp: first.Stamp));

        await Tools.RunAsync("bash", "-c", $"dd if=/dev/urandom of='{worker.File("a.img")}' bs=1M seek=25 count=1 conv=notrunc status=none");
        var second = Assert.IsType<VolumeMeasured>(Ask("a.img", stamp: first.Stamp));
        Assert.Equal(1 << 20, second.Measurement.Reclaimable - first.Measurement.Reclaimable);
        Assert.Equal(1 << 20, second.ActualSize - first.ActualSize);

        VolumeMeasured Measured(string path, VolumeFormat format = VolumeFormat.Raw) => Assert.IsType<VolumeMeasured>(Ask(path, format));
        object Ask(string path, VolumeFormat format = VolumeFormat.Raw, string? stamp = null) => worker.Measuring.Answer(Asked(path, format, stamp));
    }

    [Fact]
    public async Task A_volume_whose_base_has_changed_has_changed()
    {
        using var worker = new Worker();
        await Tools.RunAsync("bash", "-c", $"cd '{worker.Storage}' && truncate -s 4M base.img && qemu-img create -q -f qcow2 -b base.img -F raw leaf.qcow2");
        var first = Assert.IsType<VolumeMeasured>(worker.Measuring.Answer(Asked("leaf.qcow2", VolumeFormat.Qcow2)));
        Assert.IsType<VolumeUnchanged>(worker.Measuring.Answer(Asked("leaf.qcow2", VolumeFormat.Qcow2, first.Stamp)));
        await Tools.RunAsync("bash", "-c", $"dd if=/dev/urandom of='{worker.File("base.img")}' bs=1M count=1 conv=notrunc status=none");
        Assert.IsType<VolumeMeasured>(worker.Measuring.Answer(Asked("leaf.qcow2", VolumeFormat.Qcow2, first.Stamp)));
    }

    [Theory]
    [InlineData("nothing.img", VolumeFormat.Raw)]
    [InlineData("../outside.img", VolumeFormat.Raw)]
    [InlineData("/etc/passwd", VolumeFormat.Raw)]
    [InlineData("garbage.qcow2", VolumeFormat.Qcow2)]
    [InlineData("disk.vmdk", VolumeFormat.Other)]
    public void What_cannot_be_measured_is_answered_with_the_reason(string path, VolumeFormat format)
    {
        using var worker = new Worker();
        File.WriteAllText(worker.File("garbage.qcow2"), "no image at all");
        var answer = Assert.IsType<VolumeNotMeasured>(worker.Measuring.Answer(Asked(path, format)));
        Assert.Equal(path, answer.Path);
        Assert.NotEmpty(answer.Reason);
    }

    [Fact]
    public void A_storage_domain_that_this_host_does_not_have_is_answered_with_the_reason()
    {
        using var worker = new Worker();
        Assert.Contains("'other' is not configured", Assert.IsType<VolumeNotMeasured>(worker.Measuring.Answer(Asked("a.img") with { StorageDomain = "other" })).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Encryption_is_found_at_the_start_and_in_partitions_of_both_kinds()
    {
        using var worker = new Worker();
        foreach (var (name, table) in new[] { ("mbr.img", "dos"), ("gpt.img", "gpt") })
        {
            await Tools.RunAsync("truncate", "-s", "16M", worker.File(name));
            await Tools.RunAsync("bash", "-c", $"printf 'label: {table}\\nstart=2048, size=4096\nstart=8192\n' | sfdisk --quiet '{worker.File(name)}'");
            Assert.False(IsEncrypted(name));
            await Tools.RunAsync("bash", "-c", $"printf 'LUKS\\272\\276' | dd of='{worker.File(name)}' bs=512 seek=8192 conv=notrunc status=none");
            Assert.True(IsEncrypted(name));
        }

        await Tools.RunAsync("bash", "-c", $"printf 'xxx-FVE-FS-' >'{worker.File("bitlocker.img")}'; truncate -s 1M '{worker.File("bitlocker.img")}'");
        Assert.True(IsEncrypted("bitlocker.img"));

        bool IsEncrypted(string name) => Assert.IsType<VolumeMeasured>(worker.Measuring.Answer(Asked(name))).Encrypted!.Value;
    }

    private static MeasureVolume Asked(string path, VolumeFormat format = VolumeFormat.Raw, string? stamp = null) =>
        new() { DiskId = Guid.NewGuid(), StorageDomain = Worker.Domain, Path = path, Format = format, KnownStamp = stamp };
}
