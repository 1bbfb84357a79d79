using System.Globalization;
using System.Text.RegularExpressions;
using Sparsify.DiskImages.FileSystems.Ext;
using Sparsify.Testing.Disks;
using Sparsify.Testing.Processes;
using Xunit;

namespace Sparsify.DiskImages.Tests.FileSystems;

/// <summary>Free blocks against what dumpe2fs reads.</summary>
public sealed partial class ExtTests
{
    [Theory]
    [InlineData("-t ext2 -b 4096", 64)]
    [InlineData("-t ext2 -b 1024 -O ^sparse_super,^resize_inode", 40)]
    [InlineData("-t ext3 -b 4096", 96)]
    [InlineData("-t ext4 -b 4096", 300)]
    [InlineData("-t ext4 -b 4096 -O ^flex_bg", 300)]
    [InlineData("-t ext4 -b 4096 -O ^64bit,^metadata_csum,uninit_bg", 300)]
    [InlineData("-t ext4 -b 4096 -O meta_bg,^resize_inode -g 4096", 200)]
    [InlineData("-t ext4 -b 4096 -O sparse_super2", 300)]
    [InlineData("-t ext4 -b 4096 -O bigalloc -C 65536", 300)]
    [InlineData("-t ext4 -b 1024 -O bigalloc -C 8192", 100)]
    public async Task Free_blocks_are_those_that_dumpe2fs_finds(string options, int mebibytes)
    {
        using var folder = TestFolder.Create("ext");
        var image = folder.File("image");
        await AgeAsync(folder, image, options, mebibytes);
        using var device = new RecordingDevice(image);
        var reading = new ExtReader().Read(device)!;
        var dump = await Tools.RunAsync("dumpe2fs", image);
        var blockSize = int.Parse(BlockSize().Match(dump).Groups[1].Value, CultureInfo.InvariantCulture);
        var free = long.Parse(FreeBlocks().Match(dump).Groups[1].Value, CultureInfo.InvariantCulture) * blockSize;
        Assert.True(reading.IsExact, reading.Note);
        Assert.Equal(options.Split(' ')[1], reading.Type);
        Assert.Equal(free, reading.Free);
        // Below the appliance's 4096 bytes nothing is discarded: only those runs may be missing.
        var expected = Ranges(dump, blockSize).Where(r => (r.Last - r.First + 1) * blockSize >= 4096).ToList();
        var found = device.Blocks(blockSize).ToHashSet();
        Assert.NotEmpty(expected);
        Assert.All(Covered(expected, found), covered => Assert.True(covered.Is, $"{covered.Range} is free and was not found"));
        Assert.True(device.DiscardedBytes <= free);
    }

    [Fact]
    public async Task A_journal_that_was_not_replayed_is_replayed_in_thought()
    {
        using var folder = TestFolder.Create("ext");
        var image = folder.File("image");
        await AgeAsync(folder, image, "-t ext4 -b 4096", 64);
        using (var before = new RecordingDevice(image))
        {
            new ExtReader().Read(before);
            Assert.NotEmpty(before.Discards);
        }

        // The first group's bitmap as a replay would write it: all of it in use.
        var bitmap = long.Parse(Bitmap().Match(await Tools.RunAsync("dumpe2fs", image)).Groups[1].Value, CultureInfo.InvariantCulture);
        await File.WriteAllBytesAsync(folder.File("full"), Enumerable.Repeat((byte)0xFF, 4096).ToArray());
        await File.WriteAllTextAsync(folder.File("commands"), $"jo\njw -b {bitmap} {folder.File("full")}\njc\n");
        await Tools.RunAsync("debugfs", "-w", "-f", folder.File("commands"), image);
        using var device = new RecordingDevice(image);
        var reading = new ExtReader().Read(device)!;
        // Its checksum does not fit any more, which shows that the copy in the journal was read.
        Assert.False(reading.IsExact);
        Assert.Contains("1 of 1 block groups", reading.Note, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lazy_itable_init=1", false)]
    [InlineData("lazy_itable_init=0", true)]
    public async Task Inode_tables_that_were_never_written_take_storage_while_it_is_mounted(string tables, bool areWritten)
    {
        using var folder = TestFolder.Create("ext");
        var image = folder.File("image");
        await AgeAsync(folder, image, $"-t ext4 -b 4096 -E nodiscard,{tables}", 300);
        using var device = new RecordingDevice(image);
        var reading = new ExtReader().Read(device)!;
        Assert.Equal(areWritten, reading.IsExact);
        // As dumpe2fs tells them: inodes of 256 bytes, sixteen in a block.
        var unused = UnusedInodes().Matches(await Tools.RunAsync("dumpe2fs", image)).Sum(m => long.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture) / 16 * 4096);
        Assert.True(unused > 1 << 20);
        if (areWritten)
            Assert.Null(reading.Note);
        else
            Assert.StartsWith(string.Create(CultureInfo.InvariantCulture, $"{unused} bytes of its inode tables were never written"), reading.Note, StringComparison.Ordinal);
    }

    private static async Task AgeAsync(TestFolder folder, string image, string options, int mebibytes)
    {
        var tree = folder.Folder("tree");
        var random = new Random(17);
        for (var i = 0; i < 200; i++)
            await File.WriteAllBytesAsync(Path.Combine(tree, $"file-{i}"), new byte[random.Next(1, 90_000)].Select(_ => (byte)1).ToArray());
        await Tools.RunAsync("truncate", "-s", $"{mebibytes}M", image);
        await Tools.RunAsync("mke2fs", [.. "-q -F -d".Split(' '), tree, .. options.Split(' '), image]);
        await File.WriteAllLinesAsync(folder.File("deletions"), Enumerable.Range(0, 200).Where(i => i % 3 != 0).Select(i => $"rm /file-{i}"));
        await Tools.RunAsync("debugfs", "-w", "-f", folder.File("deletions"), image);
    }

    private static IEnumerable<((long First, long Last) Range, bool Is)> Covered(List<(long First, long Last)> expected, HashSet<(long First, long Last)> found) =>
        expected.Select(e => (e, found.Any(f => f.First <= e.First && f.Last >= e.Last)));

    private static IEnumerable<(long First, long Last)> Ranges(string dump, int blockSize)
    {
        _ = blockSize;
        foreach (Match line in GroupFree().Matches(dump))
        {
            foreach (var range in line.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                var ends = range.Split('-').Select(n => long.Parse(n, CultureInfo.InvariantCulture)).ToArray();
                yield return (ends[0], ends[^1]);
            }
        }
    }

    [GeneratedRegex(@"(\d+) unused inodes")]
    private static partial Regex UnusedInodes();

    [GeneratedRegex(@"^Block size:\s+(\d+)", RegexOptions.Multiline)]
    private static partial Regex BlockSize();

    [GeneratedRegex(@"^Free blocks:\s+(\d+)", RegexOptions.Multiline)]
    private static partial Regex FreeBlocks();

    [GeneratedRegex(@"^  Free blocks: (.+)$", RegexOptions.Multiline)]
    private static partial Regex GroupFree();

    [GeneratedRegex(@"Block bitmap at (\d+)")]
    private static partial Regex Bitmap();
}
