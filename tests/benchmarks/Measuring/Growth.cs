using System.Diagnostics;
using Sparsify.DiskImages.Images;
using Sparsify.DiskImages.Measuring;
using Sparsify.Testing.Disks;
using Sparsify.Testing.Processes;

namespace Sparsify.Benchmarks.Measuring;

/// <summary>How time and memory grow with the disk.</summary>
internal static class Growth
{
    public static async Task RunAsync(Report report)
    {
        using var folder = TestFolder.Create("growth");
        foreach (var (kind, make) in new[] { ("ext4", "mkfs.ext4 -q -F"), ("xfs", "mkfs.xfs -q") })
        {
            foreach (var (format, suffix) in new[] { (ImageFormat.Raw, "img"), (ImageFormat.Qcow2, "qcow2") })
            {
                var path = folder.File($"{kind}.{suffix}");
                var raw = folder.File($"{kind}.img");
                if (format == ImageFormat.Raw)
                    await Tools.RunAsync("bash", "-c", $"truncate -s 2T '{raw}' && {make} '{raw}'");
                else
                    await Tools.RunAsync("qemu-img", "convert", "-f", "raw", "-O", "qcow2", raw, path);
                var (seconds, memory) = Measure(() => DiskMeter.Measure(path, format));
                report.Add($"2 TiB {kind} in {format.ToString().ToLowerInvariant()}, mostly empty", FormattableString.Invariant($"{seconds * 1000:0.0} ms, {memory / 1048576.0:0.0} MiB allocated in all"), "100 ms, 64 MiB", seconds < 0.1 && memory < 64 << 20);
            }
        }

        await FullAsync(report, folder);
    }

    /// <summary>One TiB of which nearly all is in use: the bitmaps are real, and the file is taken as if its holes were blocks.</summary>
    private static async Task FullAsync(Report report, TestFolder folder)
    {
        var path = folder.File("full.img");
        await Tools.RunAsync("bash", "-c", $"truncate -s 1T '{path}' && mkfs.ext4 -q -F -m 0 '{path}'");
        var commands = Enumerable.Range(0, 16).SelectMany(i => new[] { $"write /dev/null file-{i}", $"fallocate file-{i} 0 {(15L << 20) - 1}" });
        await File.WriteAllLinesAsync(folder.File("commands"), commands);
        await Tools.RunAsync("debugfs", "-w", "-f", folder.File("commands"), path);
        var used = 0L;
        var (seconds, memory) = Measure(() => used = DiskMeter.Measure(new TracedFile(path, full: true), path, ImageFormat.Raw, folder.Path).Regions[0].Used!.Value);
        report.Add($"1 TiB ext4 in raw, {used * 100 / (1L << 40)} % in use, all allocated", FormattableString.Invariant($"{seconds * 1000:0.0} ms, {memory / 1048576.0:0.0} MiB allocated in all"), "2 s", seconds < 2);

        // The map of a full image: one in four clusters out of order, so that it does not fold into a few runs.
        var qcow2 = folder.File("full.qcow2");
        FullImage.Write(qcow2, 1L << 40);
        (seconds, memory) = Measure(() => DiskMeter.Measure(new TracedFile(qcow2, full: true), qcow2, ImageFormat.Qcow2, folder.Path));
        report.Add("1 TiB swap area in qcow2, every cluster allocated", FormattableString.Invariant($"{seconds * 1000:0.0} ms, {memory / 1048576.0:0.0} MiB allocated in all"), "2 s", seconds < 2);
    }

    private static (double Seconds, long Memory) Measure(Action work)
    {
        work();
        var least = double.MaxValue;
        var memory = GC.GetAllocatedBytesForCurrentThread();
        work();
        memory = GC.GetAllocatedBytesForCurrentThread() - memory;
        for (var i = 0; i < 5; i++)
        {
            var watch = Stopwatch.StartNew();
            work();
            least = Math.Min(least, watch.Elapsed.TotalSeconds);
        }

        return (least, memory);
    }
}
