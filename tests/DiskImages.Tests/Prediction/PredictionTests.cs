using Sparsify.DiskImages.Images;
using Sparsify.DiskImages.Measuring;
using Sparsify.Testing.Disks;
using Sparsify.Testing.Processes;
using Xunit;

namespace Sparsify.DiskImages.Tests.Prediction;

/// <summary>What is predicted of an aged disk against what the real virt-sparsify then gives back.</summary>
public sealed class PredictionTests
{
    private static readonly string[] Kinds = ["ext4", "xfs", "btrfs", "ntfs", "vfat", "swap", "lvm"];

    [Fact]
    public async Task A_disk_with_everything_gives_back_what_was_predicted_as_raw_and_as_qcow2()
    {
        using var folder = TestFolder.Create("prediction");
        AgedDisk[] disks = [new(folder.File("disk.img"), "raw", Kinds), new(folder.File("disk.qcow2"), "qcow2", Kinds)];
        await AgedDisk.MakeAsync(disks, files: 200);
        foreach (var disk in disks)
        {
            var predicted = DiskMeter.Measure(disk.Path, disk.Format == "raw" ? ImageFormat.Raw : ImageFormat.Qcow2);
            Assert.True(predicted.Exact, string.Join(' ', predicted.Regions.Select(r => r.Note)));
            Assert.Equal(
                ["ext4", "xfs", "btrfs", "ntfs", "vfat", "swap", "ext4", null],
                predicted.Regions.Select(r => r.FileSystem));
            Assert.All(predicted.Regions, r => Assert.True(r.Reclaimable > 2 << 20, $"{r}"));
            var given = await Guestfs.SparsifyAsync(disk.Path, disk.Format);
            Assert.InRange(predicted.Reclaimable - given, -(4 << 20), 4 << 20);
            // Nothing is left for a second run, but for what the first one's mounts wrote.
            Assert.InRange(DiskMeter.Measure(disk.Path, predicted.Format).Reclaimable, 0, 2 << 20);
        }
    }
}
