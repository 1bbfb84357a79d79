using System.Globalization;
using System.Text.Json;
using Sparsify.DiskImages.Files;
using Sparsify.DiskImages.Images;
using Sparsify.Testing.Disks;
using Sparsify.Testing.Processes;
using Xunit;

namespace Sparsify.DiskImages.Tests.Images;

/// <summary>Images of all kinds, made by qemu with random writes, against what qemu reads and maps.</summary>
public sealed class Qcow2ImageTests
{
    private const long Size = 24 << 20;

    [Theory]
    [InlineData("compat=1.1", 1)]
    [InlineData("compat=0.10", 2)]
    [InlineData("cluster_size=512", 3)]
    [InlineData("cluster_size=2M", 4)]
    [InlineData("extended_l2=on,cluster_size=32k", 5)]
    [InlineData("lazy_refcounts=on,refcount_bits=1", 6)]
    [InlineData("compression_type=zlib", 7)]
    public async Task Bytes_and_allocation_are_those_that_qemu_sees(string options, int seed)
    {
        using var folder = TestFolder.Create("qcow2");
        var (baseImage, leaf) = (folder.File("base.qcow2"), folder.File("leaf.qcow2"));
        await Tools.RunAsync("qemu-img", "create", "-q", "-f", "qcow2", "-o", options, baseImage, Size.ToString(CultureInfo.InvariantCulture));
        await WriteAsync(baseImage, new Random(seed), canZero: !options.Contains("0.10", StringComparison.Ordinal));
        await CompareAsync(folder, baseImage);
        await Tools.RunAsync("qemu-img", "create", "-q", "-f", "qcow2", "-o", options, "-b", "base.qcow2", "-F", "qcow2", leaf);
        await WriteAsync(leaf, new Random(seed + 100), canZero: !options.Contains("0.10", StringComparison.Ordinal));
        await CompareAsync(folder, leaf);
    }

    [Theory]
    [InlineData("compat=1.1")]
    [InlineData("extended_l2=on,cluster_size=32k")]
    [InlineData("cluster_size=4k")]
    public async Task What_a_discard_is_said_to_free_is_what_qemu_frees(string options)
    {
        using var folder = TestFolder.Create("qcow2");
        var image = folder.File("image.qcow2");
        await Tools.RunAsync("qemu-img", "create", "-q", "-f", "qcow2", "-o", options, image, Size.ToString(CultureInfo.InvariantCulture));
        await WriteAsync(image, new Random(11), canZero: true);
        await Tools.RunAsync("qemu-img", "snapshot", "-c", "one", image);
        await WriteAsync(image, new Random(12), canZero: true);
        var (start, end) = (3L << 20, 19L << 20);
        var tally = new DiscardTally();
        using (var opened = ImageChain.Open(image, ImageFormat.Qcow2, folder.Path))
            opened.CountDiscard(start, end, tally);
        var before = Allocated(image);
        await Tools.RunAsync("qemu-io", "-f", "qcow2", "-d", "unmap", "-c", $"discard {start} {end - start}", image);
        Assert.True(tally is { Reclaimable: > 0, Held: > 0 });
        // qemu writes a few metadata clusters of its own: copies of shared tables.
        Assert.InRange(before - Allocated(image), tally.Reclaimable - (512 << 10), tally.Reclaimable);
    }

    [Fact]
    public async Task Compressed_clusters_free_a_cluster_of_the_file_when_the_last_of_it_is_gone()
    {
        using var folder = TestFolder.Create("qcow2");
        var (raw, image) = (folder.File("raw"), folder.File("image.qcow2"));
        await File.WriteAllBytesAsync(raw, [.. Enumerable.Range(0, (int)Size).Select(i => (byte)((i / 3000 * 7) + (i % 3000 / 100)))]);
        await Tools.RunAsync("qemu-img", "convert", "-c", "-f", "raw", "-O", "qcow2", raw, image);
        await CompareAsync(folder, image);
        var tally = new DiscardTally();
        using (var opened = ImageChain.Open(image, ImageFormat.Qcow2, folder.Path))
        {
            opened.CountDiscard(1 << 20, 5 << 20, tally);
            opened.CountDiscard(5 << 20, Size, tally);
        }

        var before = Allocated(image);
        await Tools.RunAsync("qemu-io", "-f", "qcow2", "-d", "unmap", "-c", $"discard 1M 4M", "-c", $"discard 5M {Size - (5 << 20)}", image);
        Assert.True(tally.Reclaimable > 0);
        Assert.InRange(before - Allocated(image), tally.Reclaimable - (256 << 10), tally.Reclaimable + (256 << 10));
    }

    private static long Allocated(string path)
    {
        using var file = new StoredFile(path);
        return file.AllocatedBytes;
    }

    private static Task<string> WriteAsync(string image, Random random, bool canZero)
    {
        var commands = new List<string>();
        for (var i = 0; i < 60; i++)
        {
            var at = random.NextInt64(Size / 512) * 512;
            var length = Math.Min(Size - at, random.Next(1, 400) * 512L);
            var isWhole = random.Next(3) == 0;
            var command = canZero && random.Next(4) == 0 ? "write -z" : canZero && random.Next(6) == 0 ? "discard" : $"write -P {random.Next(1, 255)}";
            commands.AddRange(["-c", $"{command} {(isWhole ? at / (2 << 20) * (2 << 20) : at)} {(isWhole ? Math.Min(2 << 20, Size - (at / (2 << 20) * (2 << 20))) : length)}"]);
        }

        return Tools.RunAsync("qemu-io", ["-f", "qcow2", .. commands, image]);
    }

    private static async Task CompareAsync(TestFolder folder, string image)
    {
        var raw = folder.File("expected");
        await Tools.RunAsync("qemu-img", "convert", "-f", "qcow2", "-O", "raw", image, raw);
        using var opened = ImageChain.Open(image, ImageFormat.Qcow2, folder.Path);
        Assert.Equal(Size, opened.VirtualSize);
        var found = new byte[Size];
        // In pieces that meet no boundary.
        for (var at = 0; at < Size; at += 70_001)
            opened.Read(at, found.AsSpan(at, (int)Math.Min(70_001, Size - at)));
        Assert.True((await File.ReadAllBytesAsync(raw)).AsSpan().SequenceEqual(found), "the guest's bytes differ");
        foreach (var extent in JsonDocument.Parse(await Tools.RunAsync("qemu-img", "map", "-f", "qcow2", "--output=json", image)).RootElement.EnumerateArray())
        {
            var (start, length) = (extent.GetProperty("start").GetInt64(), extent.GetProperty("length").GetInt64());
            var isZero = extent.GetProperty("zero").GetBoolean();
            if (opened.ReadsAsZeros(start, start + length))
                Assert.True(isZero || !found.AsSpan((int)start, (int)length).ContainsAnyExcept((byte)0), $"{start}+{length} is no zero");
            if (extent.GetProperty("data").GetBoolean() && extent.GetProperty("depth").GetInt32() == 0 && length >= opened.Granularity * 2 && extent.TryGetProperty("offset", out _))
                Assert.True(opened.OwnBytesIn((start + opened.Granularity - 1) / opened.Granularity * opened.Granularity, (start + length) / opened.Granularity * opened.Granularity) > 0, $"{start}+{length} holds nothing");
        }
    }
}
