using System.Globalization;
using System.Text.RegularExpressions;
using Sparsify.DiskImages.FileSystems.Btrfs;
using Sparsify.Testing.Disks;
using Sparsify.Testing.Processes;
using Xunit;

namespace Sparsify.DiskImages.Tests.FileSystems;

/// <summary>Free space against the extents that btrfs's own tool lists.</summary>
public sealed partial class BtrfsTests
{
    [Theory]
    [InlineData("")]
    [InlineData("-m single")]
    [InlineData("-R ^free-space-tree")]
    [InlineData("-m single -R ^free-space-tree -n 4096")]
    [InlineData("--csum sha256")]
    public async Task Free_space_is_what_the_extents_leave_over(string options)
    {
        using var folder = TestFolder.Create("btrfs");
        var image = folder.File("image");
        var tree = folder.Folder("tree");
        for (var i = 0; i < 100; i++)
            await File.WriteAllTextAsync(Path.Combine(tree, $"file-{i}"), new string('x', i * 2000));
        await Tools.RunAsync("truncate", "-s", "256M", image);
        var made = await TryMakeAsync(["-q", "--rootdir", tree, .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries), image]);
        Assert.SkipUnless(made, $"This mkfs.btrfs does not know '{options}'.");
        using var device = new RecordingDevice(image);
        var reading = new BtrfsReader().Read(device)!;
        Assert.True(reading.IsExact, reading.Note);

        // Used on the device: each extent as often as its block group has copies, and what no discard may touch.
        var dump = await Tools.RunAsync("btrfs", "inspect-internal", "dump-tree", "-t", "extent", image);
        var chunks = Chunks(await Tools.RunAsync("btrfs", "inspect-internal", "dump-tree", "-t", "chunk", image));
        var used = 0L;
        foreach (Match extent in ExtentItem().Matches(dump))
        {
            var (start, kind, last) = (Number(extent, 1), extent.Groups[2].Value, Number(extent, 3));
            var length = kind == "EXTENT" ? last : NodeSize(options);
            var chunk = chunks.Single(c => start >= c.Start && start < c.Start + c.Length);
            used += length * chunk.Copies;
        }

        Assert.True(used > 0);
        const long Reserved = (1 << 20) + (4 * (64 << 10));
        Assert.InRange((256L << 20) - used - device.DiscardedBytes, 0, Reserved);
        Assert.Equal(device.DiscardedBytes, device.Discards.Where(d => d.End - d.Start >= 4096).Sum(d => d.End - d.Start));
        Assert.Equal(device.DiscardedBytes, device.Discards.SelectMany(d => new[] { d }).Distinct().Sum(d => d.End - d.Start));
        var sorted = device.Discards.OrderBy(d => d.Start).ToList();
        Assert.All(sorted.Zip(sorted.Skip(1)), pair => Assert.True(pair.First.End <= pair.Second.Start, $"{pair} overlap"));
    }

    private static async Task<bool> TryMakeAsync(string[] arguments)
    {
        try
        {
            await Tools.RunAsync("mkfs.btrfs", arguments);
            return true;
        }
        catch (InvalidOperationException e) when (e.Message.Contains("nrecognized", StringComparison.Ordinal) || e.Message.Contains("xperimental", StringComparison.Ordinal))
        {
            return false;
        }
    }

    private static int NodeSize(string options) => options.Contains("-n 4096", StringComparison.Ordinal) ? 4096 : 16384;

    private static List<(long Start, long Length, int Copies)> Chunks(string dump) =>
        [.. ChunkItem().Matches(dump).Select(m => (Number(m, 1), Number(m, 2), (int)Number(m, 3)))];

    private static long Number(Match match, int group) => long.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"key \((\d+) (EXTENT|METADATA)_ITEM (\d+)\)")]
    private static partial Regex ExtentItem();

    [GeneratedRegex(@"key \(FIRST_CHUNK_TREE CHUNK_ITEM (\d+)\)[^\n]*\n\s+length (\d+)[\s\S]*?num_stripes (\d+)")]
    private static partial Regex ChunkItem();
}
