using System.Buffers.Binary;
using Sparsify.DiskImages.Images;
using Sparsify.DiskImages.Measuring;
using Sparsify.Fuzzing.Seeds;
using Sparsify.Testing.Disks;
using Sparsify.Testing.Processes;
using Xunit;

namespace Sparsify.DiskImages.Tests.Hostile;

/// <summary>Structures that refer to themselves, and images that reach for what is not theirs.</summary>
public sealed class HostileTests
{
    [Fact]
    public void A_circle_of_extended_partitions_ends()
    {
        var disk = new byte[4 << 20];
        PartitionEntry(disk, 0, 0, 0x05, 1024, 4096);
        PartitionEntry(disk, 1024 * 512, 0, 0x83, 8, 8);
        PartitionEntry(disk, 1024 * 512, 1, 0x05, 64, 64);
        PartitionEntry(disk, (1024 + 64) * 512, 0, 0x83, 8, 8);
        // The second record leads back to the first.
        PartitionEntry(disk, (1024 + 64) * 512, 1, 0x05, 0, 64);
        Assert.Equal(2, Measure(disk).Regions.Count);
    }

    [Fact]
    public void An_L2_table_that_two_entries_name_is_refused_with_its_place()
    {
        var image = Qcow2(l1Entries: 4);
        BinaryPrimitives.WriteUInt64BigEndian(image.AsSpan(0x10000), 0x20000);
        BinaryPrimitives.WriteUInt64BigEndian(image.AsSpan(0x10008), 0x20000);
        // A cluster of zeroes, so that nothing is read from elsewhere.
        for (var i = 0; i < 8192; i++)
            BinaryPrimitives.WriteUInt64BigEndian(image.AsSpan(0x20000 + (i * 8)), 0x8000_0000_0003_0000);
        BinaryPrimitives.WriteUInt32BigEndian(image.AsSpan(0x30000 + 1024 + 56), 0);
        var e = Assert.Throws<ImageFormatException>(() => Measure(WithSuperblock(image), ImageFormat.Qcow2));
        Assert.Equal("the L1 table", e.Structure);
        Assert.Equal(0x10008, e.Offset);
    }

    [Fact]
    public async Task A_disk_that_claims_exbibytes_is_measured_in_a_moment()
    {
        const int Cluster = 2 << 20;
        const int L1Entries = 4 << 20;
        using var folder = TestFolder.Create("hostile");
        var image = folder.File("image");
        var header = Qcow2(L1Entries)[..104];
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(20), 21);
        BinaryPrimitives.WriteUInt64BigEndian(header.AsSpan(24), (ulong)L1Entries * Cluster * (Cluster / 8));
        BinaryPrimitives.WriteUInt64BigEndian(header.AsSpan(40), Cluster);
        const long Table = Cluster + (L1Entries * 8L);
        var number = new byte[8];
        using (var file = File.OpenHandle(image, FileMode.Create, FileAccess.Write))
        {
            RandomAccess.Write(file, header, 0);
            Put(file, Cluster, Table);
            Put(file, Table, Table + Cluster);
            RandomAccess.Write(file, "SWAPSPACE2"u8, Table + Cluster + 4086);
            RandomAccess.SetLength(file, Table + (2 * Cluster));
        }

        var measurement = await Task.Run(() => DiskMeter.Measure(image, ImageFormat.Qcow2)).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal((1L << 61, "swap"), (measurement.VirtualSize, Assert.Single(measurement.Regions).FileSystem));

        void Put(Microsoft.Win32.SafeHandles.SafeFileHandle file, long at, long offset)
        {
            BinaryPrimitives.WriteUInt64BigEndian(number, (1UL << 63) | (ulong)offset);
            RandomAccess.Write(file, number, at);
        }
    }

    [Theory]
    [InlineData(4, 9u, "version")]
    [InlineData(20, 63u, "cluster size")]
    [InlineData(36, 0x7FFFFFFFu, "L1 table")]
    [InlineData(36, 0u, "L1 table")]
    [InlineData(72, 0x80u, "unknown incompatible")]
    [InlineData(96, 99u, "reference counts")]
    public void A_header_that_cannot_be_is_refused_with_structure_and_offset(int at, uint value, string reason)
    {
        var image = Qcow2(l1Entries: 4);
        BinaryPrimitives.WriteUInt32BigEndian(image.AsSpan(at), value);
        var e = Assert.Throws<ImageFormatException>(() => Measure(image, ImageFormat.Qcow2));
        Assert.Equal("the qcow2 header", e.Structure);
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_leaf_of_an_XFS_tree_that_follows_itself_makes_the_region_opaque()
    {
        using var folder = TestFolder.Create("hostile");
        var image = folder.File("image");
        await Tools.RunAsync("truncate", "-s", "300M", image);
        await Tools.RunAsync("mkfs.xfs", "-q", image);
        // The right sibling of the root of the first group's tree, which lies in block 1.
        await Tools.RunAsync("bash", "-c", $"printf '\\0\\0\\0\\1' | dd of='{image}' bs=1 seek=$((4096 + 12)) conv=notrunc status=none");
        var region = Assert.Single(DiskMeter.Measure(image, ImageFormat.Raw).Regions);
        Assert.Equal(RegionKind.Opaque, region.Kind);
        Assert.Contains("overlaps another", region.Note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_of_a_btrfs_tree_that_points_to_itself_makes_the_region_opaque()
    {
        using var folder = TestFolder.Create("hostile");
        var image = folder.File("image");
        await Tools.RunAsync("truncate", "-s", "128M", image);
        await Tools.RunAsync("mkfs.btrfs", "-q", image);
        var bytes = await File.ReadAllBytesAsync(image);
        // The chunk tree's root gets a level above its leaf, and points to itself.
        var chunkRoot = BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(65536 + 88));
        var physical = (int)chunkRoot; // the system chunk lies one to one in a fresh file system, or nothing is found there
        foreach (var place in Enumerable.Range(0, bytes.Length / 4096).Select(i => i * 4096).Where(p => BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(p + 48)) == chunkRoot))
        {
            bytes[place + 100] = 1;
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(place + 96), 1);
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(place + 101 + 17), chunkRoot);
            physical = place;
        }

        bytes[65536 + 199] = 1;
        Assert.True(physical > 0);
        var region = Assert.Single(Measure(bytes).Regions);
        Assert.Equal(RegionKind.Opaque, region.Kind);
        Assert.Contains("btrfs node", region.Note, StringComparison.Ordinal);
    }

    [Fact]
    public void A_volume_group_description_nested_without_end_is_refused() =>
        Assert.Throws<MalformedStructureException>(() => VolumeGroups.ConfigurationParser.Parse(string.Concat(Enumerable.Repeat("a {", 100_000))));

    [Fact]
    public async Task A_disk_based_on_a_file_outside_its_storage_domain_is_not_read_through()
    {
        using var folder = TestFolder.Create("hostile");
        var inside = folder.Folder("inside");
        await Tools.RunAsync("bash", "-c", $"cd '{folder.Path}' && truncate -s 8M secret && mkfs.ext4 -q -F secret && ln -s ../secret inside/link && qemu-img create -q -f qcow2 -b link -F raw inside/leaf.qcow2 8M");
        var measurement = DiskMeter.Measure(Path.Combine(inside, "leaf.qcow2"), ImageFormat.Qcow2, inside);
        var region = Assert.Single(measurement.Regions);
        Assert.Equal((Hazard.FormatUnsupported, false, 0), (measurement.Hazard, measurement.Exact, measurement.Reclaimable));
        Assert.Contains("outside", region.Note, StringComparison.Ordinal);
        // With the folder above as root it is.
        Assert.Equal("ext4", Assert.Single(DiskMeter.Measure(Path.Combine(inside, "leaf.qcow2"), ImageFormat.Qcow2, folder.Path).Regions).FileSystem);
    }

    [Fact]
    public async Task A_guest_that_writes_a_qcow2_header_onto_its_raw_disk_has_it_read_as_raw()
    {
        using var folder = TestFolder.Create("hostile");
        await Tools.RunAsync("bash", "-c", $"cd '{folder.Path}' && qemu-img create -q -f qcow2 -b /etc/passwd -F raw -u disk 8M");
        Assert.All(DiskMeter.Measure(folder.File("disk"), ImageFormat.Raw).Regions, r => Assert.Equal(RegionKind.Opaque, r.Kind));
    }

    [Theory]
    [InlineData("encrypted", Hazard.Encrypted)]
    [InlineData("external", Hazard.FormatUnsupported)]
    [InlineData("corrupt", Hazard.FormatUnsupported)]
    [InlineData("unknown base", Hazard.FormatUnsupported)]
    [InlineData("circle", Hazard.FormatUnsupported)]
    public async Task What_cannot_be_measured_says_why(string what, Hazard hazard)
    {
        using var folder = TestFolder.Create("hostile");
        await Tools.RunAsync("bash", "-c", $"cd '{folder.Path}' && " + what switch
        {
            "encrypted" => "qemu-img create -q -f qcow2 a.qcow2 8M && printf '\\0\\0\\0\\002' | dd of=a.qcow2 bs=1 seek=32 conv=notrunc status=none",
            "external" => "qemu-img create -q -f qcow2 -o data_file=data,data_file_raw=on a.qcow2 8M",
            "corrupt" => "qemu-img create -q -f qcow2 a.qcow2 8M && printf '\\002' | dd of=a.qcow2 bs=1 seek=79 conv=notrunc status=none",
            "unknown base" => "qemu-img create -q -f raw b 8M && qemu-img create -q -f qcow2 -b b -F raw a.qcow2 && printf '\\022' | dd of=a.qcow2 bs=1 seek=112 conv=notrunc status=none",
            _ => "qemu-img create -q -f qcow2 b.qcow2 8M && qemu-img create -q -f qcow2 -b b.qcow2 -F qcow2 a.qcow2 && qemu-img rebase -u -f qcow2 -b a.qcow2 -F qcow2 b.qcow2",
        });
        var measurement = DiskMeter.Measure(folder.File("a.qcow2"), ImageFormat.Qcow2);
        Assert.Equal((hazard, 0, false), (measurement.Hazard, measurement.Reclaimable, measurement.Exact));
        Assert.Equal(8 << 20, measurement.VirtualSize);
        Assert.NotEmpty(Assert.Single(measurement.Regions).Note!);
    }

    private static Measurement Measure(byte[] content, ImageFormat format = ImageFormat.Raw) =>
        DiskMeter.Measure(new MemoryFile(SparseBytes.Of(content)), "image", format, "/nonexistent");

    private static void PartitionEntry(byte[] disk, int sector, int number, byte type, uint start, uint count)
    {
        var entry = disk.AsSpan(sector + 446 + (number * 16));
        entry[4] = type;
        BinaryPrimitives.WriteUInt32LittleEndian(entry[8..], start);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[12..], count);
        (disk[sector + 510], disk[sector + 511]) = (0x55, 0xAA);
    }

    /// <summary>A header and nothing else: 64 KiB clusters, the L1 table in the second.</summary>
    private static byte[] Qcow2(uint l1Entries)
    {
        var image = new byte[0x50000];
        BinaryPrimitives.WriteUInt32BigEndian(image, 0x514649FB);
        BinaryPrimitives.WriteUInt32BigEndian(image.AsSpan(4), 3);
        BinaryPrimitives.WriteUInt32BigEndian(image.AsSpan(20), 16);
        BinaryPrimitives.WriteUInt64BigEndian(image.AsSpan(24), 1UL << 31);
        BinaryPrimitives.WriteUInt32BigEndian(image.AsSpan(36), l1Entries);
        BinaryPrimitives.WriteUInt64BigEndian(image.AsSpan(40), 0x10000);
        BinaryPrimitives.WriteUInt32BigEndian(image.AsSpan(96), 4);
        BinaryPrimitives.WriteUInt32BigEndian(image.AsSpan(100), 104);
        return image;
    }

    /// <summary>An ext2 superblock over the whole disk, so that both tables are asked for.</summary>
    private static byte[] WithSuperblock(byte[] image)
    {
        var super = image.AsSpan(0x30000 + 1024);
        BinaryPrimitives.WriteUInt32LittleEndian(super[4..], 1 << 19);
        BinaryPrimitives.WriteUInt32LittleEndian(super[24..], 2);
        BinaryPrimitives.WriteUInt32LittleEndian(super[32..], 32768);
        BinaryPrimitives.WriteUInt32LittleEndian(super[40..], 8192);
        BinaryPrimitives.WriteUInt16LittleEndian(super[56..], 0xEF53);
        BinaryPrimitives.WriteUInt16LittleEndian(super[12..], 1000);
        // Free clusters of every group, in the descriptors that follow.
        for (var i = 0; i < 16; i++)
            BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(0x30000 + 4096 + (i * 32) + 12), 100);
        return image;
    }
}
