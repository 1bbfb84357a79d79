using System.Globalization;
using Sparsify.DiskImages.Images;
using Sparsify.DiskImages.Vital;
using Sparsify.Testing.Disks;
using Sparsify.Testing.Processes;
using Xunit;

namespace Sparsify.DiskImages.Tests.Vital;

/// <summary>Disks that the real tools made, and what a run that is cut off does to them.</summary>
public sealed class VitalReaderTests
{
    private const long SwapStart = 1 << 20;

    [Theory]
    [InlineData("raw")]
    [InlineData("qcow2")]
    public async Task What_an_interrupted_run_leaves_is_found_and_everything_else_is_left_to_people(string format)
    {
        using var folder = TestFolder.Create("vital");
        var path = folder.File("disk");
        await Tools.RunAsync("qemu-img", "create", "-q", "-f", format, path, "200M");
        await GuestfishAsync(path, format,
            "part-init", "/dev/sda", "gpt", ":", "part-add", "/dev/sda", "p", "2048", "67583", ":", "part-add", "/dev/sda", "p", "67584", "401407", ":",
            "mkswap", "/dev/sda1", ":", "pvcreate", "/dev/sda2", ":", "vgcreate", "vg", "/dev/sda2", ":", "lvcreate", "root", "vg", "40", ":", "lvcreate", "swap", "vg", "40", ":", "mkswap", "/dev/vg/swap");
        var journaled = Read(path, format, folder);
        Assert.Equal(["/dev/sda1", "/dev/vg/swap"], journaled.SwapHeaders.Select(s => s.Device));
        Assert.All(journaled.SwapHeaders, s => Assert.Equal("SWAPSPACE2"u8.ToArray(), s.Content[4086..]));
        Assert.Equal("vg", Assert.Single(journaled.Groups).Name);
        Assert.True(Compare(path, format, folder, journaled).IsNone);

        // The whole header, and only the sector that holds the signature.
        await WriteAsync(path, format, "write -z", SwapStart, 4096);
        Assert.Equal("/dev/sda1", Assert.Single(Compare(path, format, folder, journaled).LostSwapHeaders).Device);
        await GuestfishAsync(path, format, "mkswap", "/dev/sda1", "uuid:01234567-0123-0123-0123-0123456789ab");
        Assert.Contains("/dev/sda1", Assert.Single(Compare(path, format, folder, journaled).Unexplained), StringComparison.Ordinal);
        await RestoreAsync(path, format, folder, journaled.SwapHeaders[0]);
        await WriteAsync(path, format, "write -z", SwapStart + 3584, 512);
        Assert.Single(Compare(path, format, folder, journaled).LostSwapHeaders);
        await WriteAsync(path, format, "write -P 7", SwapStart + 3584, 512);
        Assert.Single(Compare(path, format, folder, journaled).Unexplained);
        await RestoreAsync(path, format, folder, journaled.SwapHeaders[0]);
        Assert.True(Compare(path, format, folder, journaled).IsNone);

        await GuestfishAsync(path, format, "lvcreate-free", "scnis5rb", "vg", "100");
        var stray = Compare(path, format, folder, journaled);
        Assert.Equal("/dev/vg/scnis5rb", Assert.Single(stray.StrayVolumes).Device);
        Assert.Empty(stray.Unexplained);
        await GuestfishAsync(path, format, "lvremove", "/dev/vg/scnis5rb", ":", "lvremove", "/dev/vg/root", ":", "debug", "sh", "echo web01 >/proc/sys/kernel/hostname", ":", "lvcreate-free", "gu0g62gk", "vg", "100");
        var lost = Compare(path, format, folder, journaled);
        Assert.Empty(lost.StrayVolumes);
        Assert.Collection(
            lost.Unexplained,
            u => Assert.Contains("vg/root", u, StringComparison.Ordinal),
            u => Assert.Contains("vg/gu0g62gk was not there before the run, and virt-sparsify makes none like it: it was made on the host 'web01'", u, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_disk_without_any_has_none_and_one_that_lost_its_partitions_is_a_matter_for_people()
    {
        using var folder = TestFolder.Create("vital");
        await Tools.RunAsync("truncate", "-s", "20M", folder.File("disk"));
        await Tools.RunAsync("mkfs.ext4", "-q", "-F", folder.File("disk"));
        var none = Read(folder.File("disk"), "raw", folder);
        Assert.Empty(none.SwapHeaders);
        Assert.Empty(none.Groups);
        var difference = Compare(folder.File("disk"), "raw", folder, new VitalBytes([new SwapHeader("/dev/sda2", new byte[SwapHeader.Size])], [new GroupDescription("vg", "vg {}")]));
        Assert.Equal(2, difference.Unexplained.Count);
    }

    private static VitalBytes Read(string path, string format, TestFolder folder) => VitalReader.Read(path, Format(format), folder.Path);

    private static VitalDifference Compare(string path, string format, TestFolder folder, VitalBytes journaled) => VitalReader.Compare(path, Format(format), folder.Path, journaled);

    private static ImageFormat Format(string format) => format == "raw" ? ImageFormat.Raw : ImageFormat.Qcow2;

    private static Task<string> GuestfishAsync(string path, string format, params string[] commands) => Guestfs.RunAsync("guestfish", [$"--format={format}", $"--add={path}", "run", ":", .. commands]);

    private static Task<string> WriteAsync(string path, string format, string command, long offset, int length) =>
        Tools.RunAsync("qemu-io", "-f", format, "-c", string.Create(CultureInfo.InvariantCulture, $"{command} {offset} {length}"), path);

    private static async Task RestoreAsync(string path, string format, TestFolder folder, SwapHeader header)
    {
        await File.WriteAllBytesAsync(folder.File("header"), header.Content);
        await Tools.RunAsync("qemu-io", "-f", format, "-c", string.Create(CultureInfo.InvariantCulture, $"write -s {folder.File("header")} {SwapStart} 4096"), path);
    }
}
