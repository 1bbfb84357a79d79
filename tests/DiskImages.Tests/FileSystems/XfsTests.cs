using System.Globalization;
using Sparsify.DiskImages.FileSystems.Xfs;
using Sparsify.Testing.Disks;
using Sparsify.Testing.Processes;
using Xunit;

namespace Sparsify.DiskImages.Tests.FileSystems;

/// <summary>Free extents against what xfs_db reads.</summary>
public sealed class XfsTests
{
    [Theory]
    [InlineData("-m crc=1", 300)]
    [InlineData("-m crc=0", 300)]
    [InlineData("-b size=1024", 300)]
    [InlineData("-d agcount=6 -s size=4096", 1200)]
    public async Task Free_extents_are_those_that_xfs_db_finds(string options, int mebibytes)
    {
        using var folder = TestFolder.Create("xfs");
        var image = folder.File("image");
        await Tools.RunAsync("truncate", "-s", $"{mebibytes}M", image);
        await File.WriteAllTextAsync(folder.File("content"), new string('x', 300_000));
        await File.WriteAllTextAsync(folder.File("prototype"), $"/ 0 0\nd--755 0 0\n{string.Join('\n', Enumerable.Range(0, 60).Select(i => $"file{i} ---644 0 0 {folder.File("content")}"))}\n$\n");
        await Tools.RunAsync("mkfs.xfs", ["-q", "-p", folder.File("prototype"), .. options.Split(' '), image]);
        using var device = new RecordingDevice(image);
        var reading = new XfsReader().Read(device)!;
        var super = XfsSuperblock.Read(device)!;
        Assert.True(reading.IsExact, reading.Note);

        var dump = await Tools.RunAsync("xfs_db", "-r", "-c", "freesp -d", image);
        var expected = dump.Split('\n').Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(w => w.Length == 3 && w.All(x => x.All(char.IsAsciiDigit)))
            .Select(w => w.Select(x => long.Parse(x, CultureInfo.InvariantCulture)).ToArray()).Select(n => (First: (n[0] * super.GroupBlocks) + n[1], Count: n[2])).ToList();
        Assert.NotEmpty(expected);
        Assert.Equal(expected.Sum(e => e.Count) * super.BlockSize, reading.Free);
        // xfs_db counts also the blocks that are kept back for the trees, one by one; those are not trimmed.
        var found = device.Discards.Select(d => (d.Start / super.BlockSize, (d.End - d.Start) / super.BlockSize)).ToList();
        Assert.Empty(found.Except(expected.Select(e => (e.First, e.Count))));
        Assert.All(expected.Where(e => e.Count * super.BlockSize > 4096), e => Assert.Contains((e.First, e.Count), found));
    }
}
