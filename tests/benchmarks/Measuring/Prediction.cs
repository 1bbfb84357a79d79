using Sparsify.DiskImages.Images;
using Sparsify.DiskImages.Measuring;
using Sparsify.Testing.Disks;
using Sparsify.Testing.Processes;

namespace Sparsify.Benchmarks.Measuring;

/// <summary>What is predicted of aged disks, against what the real virt-sparsify then gives back.</summary>
internal static class Prediction
{
    private const long Allowed = 4 << 20;
    private static readonly string[] Kinds = ["ext2", "ext3", "ext4", "xfs", "vfat", "swap", "lvm", "ntfs", "btrfs"];

    public static async Task RunAsync(Report report, int files)
    {
        using var folder = TestFolder.Create("prediction");
        foreach (var format in new[] { "raw", "qcow2" })
        {
            var disks = Kinds.Select(k => new AgedDisk(folder.File($"{k}.{format}"), format, [k])).ToList();
            await AgedDisk.MakeAsync(disks, files);
            foreach (var disk in disks)
            {
                var predicted = DiskMeter.Measure(disk.Path, format == "raw" ? ImageFormat.Raw : ImageFormat.Qcow2);
                var given = await Guestfs.SparsifyAsync(disk.Path, format);
                var share = disk.Kinds[0] is "ntfs" or "btrfs" ? 0.01 : 0.001;
                var miss = predicted.Reclaimable - given;
                report.Add(
                    $"{disk.Kinds[0]} in {format}, {2 * files} files",
                    FormattableString.Invariant($"predicted {predicted.Reclaimable:N0}, given back {given:N0}, miss {miss:N0} ({100.0 * miss / given:0.000} %){(predicted.Exact ? "" : " not exact")}"),
                    FormattableString.Invariant($"{share:0.#%} or 4 MiB"),
                    Math.Abs(miss) <= Math.Max(share * given, Allowed));
                File.Delete(disk.Path);
            }
        }
    }
}
