using System.Diagnostics;
using Sparsify.DiskImages.Images;
using Sparsify.DiskImages.Measuring;
using Sparsify.Testing.Disks;
using Sparsify.Testing.Platforms;
using Sparsify.Testing.Processes;

namespace Sparsify.Benchmarks.Measuring;

/// <summary>How fast one disk is measured: against virt-df, against reading the same bytes, and how many a second.</summary>
internal static class Speed
{
    private const string Size = "20G";
    private static readonly TimeSpan Span = TimeSpan.FromSeconds(3);

    public static async Task RunAsync(Report report)
    {
        using var folder = TestFolder.Create("speed");
        var raw = folder.File("disk.img");
        await MakeAsync(folder, raw);
        var qcow2 = folder.File("disk.qcow2");
        await Tools.RunAsync("qemu-img", "convert", "-f", "raw", "-O", "qcow2", raw, qcow2);
        foreach (var (path, format) in new[] { (raw, ImageFormat.Raw), (qcow2, ImageFormat.Qcow2) })
        {
            var name = $"{Size} ext4 in {format.ToString().ToLowerInvariant()}";
            var warm = Seconds(() => DiskMeter.Measure(path, format));
            report.Add($"{name}, one core, warm cache", FormattableString.Invariant($"{1 / warm:N0} disks a second ({warm * 1000:0.00} ms)"), "300 a second", 1 / warm >= 300);

            var plain = Seconds(Replay(path, format));
            report.Add($"{name}, against pread of the same bytes in the same order", FormattableString.Invariant($"{warm / plain:0.0} times ({plain * 1000:0.00} ms)"), "3 times", warm / plain <= 3);

            var watch = Stopwatch.StartNew();
            await Guestfs.RunAsync("virt-df", $"--format={format.ToString().ToLowerInvariant()}", "-a", path);
            var virtDf = watch.Elapsed.TotalSeconds;
            report.Add($"{name}, against virt-df -a, process excluded", FormattableString.Invariant($"{virtDf / warm:N0} times faster (virt-df {virtDf:0.0} s)"), "1,000 times", virtDf / warm >= 1000);

            watch.Restart();
            await Tools.RunAsync("dotnet", Path.Combine(Repository.Root, "services", "Cli", "bin", "Release", "net10.0", "sparsify.dll"), "measure", "--json", "--format", format.ToString(), path);
            var cold = watch.Elapsed.TotalSeconds;
            report.Add($"{name}, against virt-df -a, process included", FormattableString.Invariant($"{virtDf / cold:N0} times faster ({cold * 1000:0} ms, nearly all of it the runtime's start)"), "shown", true);
        }
    }

    /// <summary>Files of a few KiB to a few MiB, two of three deleted.</summary>
    private static async Task MakeAsync(TestFolder folder, string raw)
    {
        var random = new Random(5);
        var tree = folder.Folder("tree");
        var content = new byte[3 << 20];
        random.NextBytes(content);
        for (var i = 0; i < 3000; i++)
        {
            await using var file = File.Create(Path.Combine(tree, $"file-{i}"));
            await file.WriteAsync(content.AsMemory(0, i % 20 == 0 ? random.Next(content.Length) : random.Next(100_000)));
        }

        await Tools.RunAsync("truncate", "-s", Size, raw);
        await Tools.RunAsync("mkfs.ext4", "-q", "-F", "-d", tree, raw);
        await File.WriteAllLinesAsync(folder.File("deletions"), Enumerable.Range(0, 3000).Where(i => i % 3 != 0).Select(i => $"rm /file-{i}"));
        await Tools.RunAsync("debugfs", "-w", "-f", folder.File("deletions"), raw);
        Directory.Delete(tree, recursive: true);
    }

    /// <summary>Opens the file and reads what measuring reads, with pread alone.</summary>
    private static Action Replay(string path, ImageFormat format)
    {
        var file = new TracedFile(path);
        DiskMeter.Measure(file, path, format, Path.GetDirectoryName(path)!);
        var trace = file.Trace.ToArray();
        var buffer = new byte[trace.Max(t => t.Length)];
        return () =>
        {
            using var handle = File.OpenHandle(path);
            foreach (var (offset, length) in trace)
                RandomAccess.Read(handle, buffer.AsSpan(0, length), offset);
        };
    }

    /// <summary>Seconds that one takes, over some seconds, after a second of warming.</summary>
    public static double Seconds(Action work)
    {
        for (var warming = Stopwatch.StartNew(); warming.Elapsed < TimeSpan.FromSeconds(1);)
            work();
        var watch = Stopwatch.StartNew();
        var count = 0;
        for (; watch.Elapsed < Span; count++)
            work();
        return watch.Elapsed.TotalSeconds / count;
    }
}
