using System.Buffers.Binary;
using System.Text;
using Sparsify.DiskImages.Images;
using Sparsify.DiskImages.Partitions;
using Sparsify.DiskImages.Vital;
using Sparsify.Testing.Disks;
using Sparsify.Testing.Processes;
using Xunit;

namespace Sparsify.DiskImages.Tests.Vital;

/// <summary>Where a run may have cleared a swap area that nobody could read before it, the disk is not called as it was.</summary>
public sealed class UnseenPartsTests
{
    private const int GroupStart = 1 << 20;
    private const int MetadataArea = GroupStart + 4096;

    [Fact]
    public async Task Of_a_group_that_is_what_the_appliance_opens_and_nothing_looks_into()
    {
        using var folder = TestFolder.Create("unseen");
        var path = await PartitionedAsync(folder);
        await Guestfs.RunAsync("guestfish", "--format=raw", $"--add={path}", "run", ":", "pvcreate", "/dev/sda1", ":", "pvcreate", "/dev/sda2", ":", "vgcreate", "vg", "/dev/sda1 /dev/sda2", ":",
            // No tools for thin and cached volumes are in the appliance, so nothing of it is started.
            "debug", "sh", Lvm("--type thin-pool -L 16M -n pool vg", "-V 40M --thinpool pool -n thin1 vg", "-s -n skipped vg/thin1", "-V 8M --thinpool pool -pr -n frozen vg", "-Zn --type raid1 -m1 -L 8M -n mirrored vg", "-Zn -L 8M -n plain vg", "-Zn -L 8M -n origin vg", "-ay -s -L 8M -n snap vg/origin"));
        var unexplained = Unexplained(path, folder);
        Assert.Equal(["/dev/vg/mirrored is a RAID volume", "/dev/vg/thin1 is a thin volume"], unexplained.Select(Subject).Order(StringComparer.Ordinal));
        Assert.All(unexplained, u => Assert.EndsWith(", which is not looked into: whether the interrupted run left something undone there is not known.", u, StringComparison.Ordinal));

        // A description that fits its checksum and makes no sense, then one that does not fit.
        Rewrite(path, "extent_size = 8192", "extent_size = 0000");
        Assert.All(Unexplained(path, folder).Zip(["/dev/sda1", "/dev/sda2"]), u => Assert.StartsWith($"{u.Second} is of a volume group with a description that makes no sense (", u.First, StringComparison.Ordinal));
        await Tools.RunAsync("qemu-io", "-f", "raw", "-c", $"write -P 7 {MetadataArea + 56} 4", path);
        Assert.StartsWith("/dev/sda1 is a physical volume that makes no sense (", Assert.Single(Unexplained(path, folder)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a RAID member, version 1.2", GroupStart + 4096, "\\xfc\\x4e\\x2b\\xa9", "/dev/sda1 is a member of a Linux software RAID")]
    [InlineData("LUKS, which is refused before a run", GroupStart, "LUKS\\xba\\xbe", null)]
    [InlineData("a file system that is not looked into", GroupStart + 1024, "\\x10\\x20\\xf5\\xf2", null)]
    [InlineData("nothing that is known", GroupStart, "nothing", null)]
    [InlineData("a partition that overlaps another", 446 + 16 + 9, "\\x01", "/dev/sda2 is a partition that overlaps another one or the disk's end")]
    public async Task Of_other_parts_it_is_what_holds_others_or_is_hidden(string part, long place, string bytes, string? expected)
    {
        using var folder = TestFolder.Create("unseen");
        var path = await PartitionedAsync(folder);
        await Tools.RunAsync("bash", "-c", $"printf '{bytes}' | dd of='{path}' bs=1 seek={place} conv=notrunc status=none");
        var unexplained = Unexplained(path, folder);
        Assert.True(unexplained.Select(Subject).SequenceEqual(expected is null ? [] : [expected]), $"{part}: {string.Join(" ", unexplained)}");
    }

    private static string Subject(string sentence) => sentence.Split(", which")[0];

    private static string Lvm(params string[] commands) => string.Join(" && ", commands.Select(c => $"lvm lvcreate -y -q {(c.Contains("-ay", StringComparison.Ordinal) ? "" : "-an")} {c} >&2"));

    private static IReadOnlyList<string> Unexplained(string path, TestFolder folder)
    {
        // Nothing changes in between: what is told is what nobody can tell.
        var difference = VitalReader.Compare(path, ImageFormat.Raw, folder.Path, VitalReader.Read(path, ImageFormat.Raw, folder.Path));
        Assert.Empty(difference.StrayVolumes);
        return difference.Unexplained;
    }

    private static async Task<string> PartitionedAsync(TestFolder folder)
    {
        var path = folder.File("disk");
        await Tools.RunAsync("bash", "-c", $"truncate -s 200M '{path}' && printf 'start=2048, size=195000\\nstart=198656, size=195000\\n' | sfdisk -q '{path}'");
        return path;
    }

    /// <summary>Changes a group's newest description and its checksum. Source: LVM2 <c>lib/format_text/layout.h</c>.</summary>
    private static void Rewrite(string path, string before, string after)
    {
        using var disk = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        var header = new byte[512];
        RandomAccess.Read(disk, header, MetadataArea);
        var at = MetadataArea + BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(40));
        var text = new byte[BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(48))];
        RandomAccess.Read(disk, text, at);
        var changed = Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(text).Replace(before, after, StringComparison.Ordinal));
        Assert.NotEqual(text, changed);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(56), Crc32.Of(0xF597A6CF, changed));
        RandomAccess.Write(disk, changed, at);
        RandomAccess.Write(disk, header, MetadataArea);
    }
}
