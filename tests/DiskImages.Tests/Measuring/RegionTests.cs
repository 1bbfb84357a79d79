using System.Buffers.Binary;
using Sparsify.DiskImages.Images;
using Sparsify.DiskImages.Measuring;
using Sparsify.DiskImages.Partitions;
using Sparsify.Fuzzing.Seeds;
using Sparsify.Testing.Disks;
using Sparsify.Testing.Processes;
using Xunit;

namespace Sparsify.DiskImages.Tests.Measuring;

/// <summary>What is promised, and what is not although it is free.</summary>
public sealed class RegionTests
{
    [Fact]
    public async Task A_volume_group_that_needs_another_disk_promises_nothing_of_the_whole_disk()
    {
        using var folder = TestFolder.Create("lvm");
        var (first, second) = (folder.File("first"), folder.File("second"));
        await Tools.RunAsync("bash", "-c", $"truncate -s 64M '{first}' '{second}' && printf 'start=2048, size=32768\\nstart=34816\\n' | sfdisk -q '{first}'");
        await File.WriteAllTextAsync(folder.File("script"), "run\nmkfs ext4 /dev/sda1\npvcreate /dev/sda2\npvcreate /dev/sdb\nvgcreate vg \"/dev/sda2 /dev/sdb\"\nlvcreate data vg 80\nmkfs ext4 /dev/vg/data\n");
        await Guestfs.RunAsync("guestfish", "--format=raw", $"--add={first}", "--format=raw", $"--add={second}", "-f", folder.File("script"));
        await Tools.RunAsync("bash", "-c", $"dd if=/dev/urandom of='{first}' bs=1M seek=10 count=4 conv=notrunc status=none");
        foreach (var path in new[] { first, second })
        {
            var measurement = DiskMeter.Measure(path, ImageFormat.Raw);
            Assert.Equal((Hazard.VolumeGroupIncomplete, 0), (measurement.Hazard, measurement.Reclaimable));
            Assert.Contains(measurement.Regions, r => r is { Kind: RegionKind.Opaque, Label: "vg" } && r.Note!.Contains("1 more disk", StringComparison.Ordinal));
        }

        var ext4 = DiskMeter.Measure(first, ImageFormat.Raw).Regions.Single(r => r.FileSystem == "ext4");
        Assert.Contains("fails as a whole because of vg", ext4.Note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hibernated_Windows_is_not_promised()
    {
        using var folder = TestFolder.Create("ntfs");
        var image = folder.File("image");
        await File.WriteAllTextAsync(folder.File("memory"), "hibr" + new string('x', 30_000));
        await Tools.RunAsync("bash", "-c", $"truncate -s 40M '{image}' && mkntfs -q -F -f -s 512 -p 0 -H 0 -S 0 '{image}' && dd if=/dev/urandom of='{image}' bs=1M seek=30 count=5 conv=notrunc status=none");
        var awake = DiskMeter.Measure(image, ImageFormat.Raw);
        Assert.True(awake.Exact && awake.Reclaimable >= 5 << 20);
        await Tools.RunAsync("ntfscp", "-f", "-q", image, folder.File("memory"), "hiberfil.sys");
        var region = Assert.Single(DiskMeter.Measure(image, ImageFormat.Raw).Regions);
        Assert.Equal((0, false), (region.Reclaimable, region.IsExact));
        Assert.Contains("hibernated", region.Note, StringComparison.Ordinal);
        Assert.True(region.Free > 20 << 20);
    }

    [Fact]
    public async Task What_is_free_and_held_by_a_lower_volume_is_counted_apart()
    {
        using var folder = TestFolder.Create("held");
        var (lower, leaf) = (folder.File("lower.img"), folder.File("leaf.qcow2"));
        await Tools.RunAsync("bash", "-c", $"truncate -s 64M '{lower}' && mkfs.ext4 -q -F '{lower}' && dd if=/dev/urandom of='{lower}' bs=1M seek=30 count=8 conv=notrunc status=none");
        var alone = DiskMeter.Measure(lower, ImageFormat.Raw);
        await Tools.RunAsync("qemu-img", "create", "-q", "-f", "qcow2", "-b", "lower.img", "-F", "raw", leaf);
        await Tools.RunAsync("qemu-io", "-f", "qcow2", "-c", "write -P 5 34M 3M", leaf);
        var over = DiskMeter.Measure(leaf, ImageFormat.Qcow2);
        Assert.Equal((3 << 20, alone.Reclaimable), (over.Reclaimable, over.HeldBySnapshots));
        Assert.Equal(0, alone.HeldBySnapshots);
    }

    [Fact]
    public async Task A_partition_table_for_other_sectors_is_read_and_nothing_of_it_promised()
    {
        using var folder = TestFolder.Create("gpt");
        var image = folder.File("image");
        await Tools.RunAsync("bash", "-c", $"truncate -s 16M '{image}' && mkfs.ext4 -q -F '{image}' && dd if=/dev/urandom of='{image}' bs=1M seek=12 count=2 conv=notrunc status=none");
        var fileSystem = await File.ReadAllBytesAsync(image);
        Assert.True(DiskMeter.Measure(image, ImageFormat.Raw).Reclaimable >= 2 << 20);
        var disk = new byte[32 << 20];
        fileSystem.CopyTo(disk, 1 << 20);
        WriteTable(disk, sector: 4096, first: 256, last: 256 + (16 << 20 >> 12) - 1);
        var region = Assert.Single(DiskMeter.Measure(new MemoryFile(SparseBytes.Of(disk)), "image", ImageFormat.Raw, "/nonexistent").Regions);
        Assert.Equal(("ext4", 1L << 20, 0L, null), (region.FileSystem, region.Start, region.Reclaimable, region.Device));
        Assert.Contains("4096", region.Note, StringComparison.Ordinal);
        WriteTable(disk, sector: 512, first: 2048, last: 2048 + (16 << 20 >> 9) - 1);
        region = Assert.Single(DiskMeter.Measure(new MemoryFile(SparseBytes.Of(disk)), "image", ImageFormat.Raw, "/nonexistent").Regions);
        Assert.True(region.Reclaimable > 2 << 20);
        Assert.Equal("/dev/sda1", region.Device);
    }

    [Fact]
    public async Task Partitions_that_overlap_are_counted_once()
    {
        using var folder = TestFolder.Create("overlap");
        var image = folder.File("image");
        await Tools.RunAsync("bash", "-c", $"truncate -s 32M '{image}' && printf 'start=2048, size=32768\\nstart=34816\\n' | sfdisk -q '{image}' && dd if=/dev/urandom of='{image}' bs=1M seek=8 count=20 conv=notrunc status=none");
        await Tools.RunAsync("mkfs.ext4", "-q", "-F", "-E", "offset=1048576", image, "16384k");
        // The second entry is made to start where the first does.
        await Tools.RunAsync("bash", "-c", $"printf '\\000\\010\\000\\000' | dd of='{image}' bs=1 seek=$((446 + 16 + 8)) conv=notrunc status=none");
        var measurement = DiskMeter.Measure(image, ImageFormat.Raw);
        Assert.Equal([RegionKind.Partition, RegionKind.Opaque], measurement.Regions.Select(r => r.Kind));
        Assert.Contains("overlaps", measurement.Regions[1].Note, StringComparison.Ordinal);
        Assert.False(measurement.Exact);
    }

    private static void WriteTable(byte[] disk, int sector, ulong first, ulong last)
    {
        disk.AsSpan(0, 1 << 20).Clear();
        disk[446 + 4] = 0xEE;
        BinaryPrimitives.WriteUInt32LittleEndian(disk.AsSpan(446 + 8), 1);
        BinaryPrimitives.WriteUInt32LittleEndian(disk.AsSpan(446 + 12), uint.MaxValue);
        (disk[510], disk[511]) = (0x55, 0xAA);
        var entries = disk.AsSpan(2 * sector, 128 * 128);
        entries[..32].Fill(1);
        BinaryPrimitives.WriteUInt64LittleEndian(entries[32..], first);
        BinaryPrimitives.WriteUInt64LittleEndian(entries[40..], last);
        var header = disk.AsSpan(sector, 92);
        "EFI PART"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], 92);
        BinaryPrimitives.WriteUInt64LittleEndian(header[24..], 1);
        BinaryPrimitives.WriteUInt64LittleEndian(header[72..], 2);
        BinaryPrimitives.WriteUInt32LittleEndian(header[80..], 128);
        BinaryPrimitives.WriteUInt32LittleEndian(header[84..], 128);
        BinaryPrimitives.WriteUInt32LittleEndian(header[88..], Crc32.Of(entries));
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], Crc32.Of(header));
    }
}
