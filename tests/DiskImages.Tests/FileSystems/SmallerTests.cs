using System.Globalization;
using System.Text.RegularExpressions;
using Sparsify.DiskImages.Devices;
using Sparsify.DiskImages.FileSystems.Fat;
using Sparsify.DiskImages.FileSystems.Ntfs;
using Sparsify.DiskImages.FileSystems.Swap;
using Sparsify.Testing.Disks;
using Sparsify.Testing.Processes;
using Xunit;

namespace Sparsify.DiskImages.Tests.FileSystems;

/// <summary>NTFS, FAT and swap against their own tools.</summary>
public sealed partial class SmallerTests
{
    [Theory]
    [InlineData(4096, 64)]
    [InlineData(65536, 300)]
    [InlineData(1024, 32)]
    public async Task Free_clusters_of_NTFS_are_as_many_as_ntfsinfo_says(int cluster, int mebibytes)
    {
        using var folder = TestFolder.Create("ntfs");
        var image = folder.File("image");
        await Tools.RunAsync("truncate", "-s", $"{mebibytes}M", image);
        await Tools.RunAsync("mkntfs", "-q", "-F", "-f", "-s", "512", "-p", "2048", "-H", "0", "-S", "0", "-L", "Windows", "-c", cluster.ToString(CultureInfo.InvariantCulture), image);
        using var device = new RecordingDevice(image);
        var reading = new NtfsReader().Read(device)!;
        var free = long.Parse(FreeClusters().Match(await Tools.RunAsync("ntfsinfo", "-f", "-m", image)).Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.Equal((free * cluster, "Windows", true), (reading.Free, reading.Label, reading.IsExact));
        // What the appliance cannot discard is not promised.
        Assert.Equal(cluster >= ApplianceDisk.Granularity ? free * cluster : 0, device.DiscardedBytes);
        Assert.Equal(cluster < ApplianceDisk.Granularity, reading.Note is not null);
    }

    [Fact]
    public async Task A_volume_that_Windows_marked_dirty_is_not_promised()
    {
        using var folder = TestFolder.Create("ntfs");
        var image = folder.File("image");
        await Tools.RunAsync("truncate", "-s", "32M", image);
        await Tools.RunAsync("mkntfs", "-q", "-F", "-f", "-s", "512", "-p", "2048", "-H", "0", "-S", "0", image);
        await Tools.RunAsync("ntfsfix", image);
        using var device = new RecordingDevice(image);
        var reading = new NtfsReader().Read(device)!;
        Assert.Contains("dirty", reading.Note, StringComparison.Ordinal);
        Assert.Equal((0, false), (device.DiscardedBytes, reading.IsExact));
    }

    [Theory]
    [InlineData(12, 4)]
    [InlineData(16, 60)]
    [InlineData(32, 300)]
    public async Task Free_clusters_of_FAT_are_as_many_as_its_check_says(int bits, int mebibytes)
    {
        using var folder = TestFolder.Create("fat");
        var image = folder.File("image");
        await Tools.RunAsync("truncate", "-s", $"{mebibytes}M", image);
        await Tools.RunAsync("mkfs.fat", "-F", bits.ToString(CultureInfo.InvariantCulture), "-n", "BOOT", image);
        await FillAsync(image, bits);
        using var device = new RecordingDevice(image);
        var reading = new FatReader().Read(device)!;
        var check = await Tools.RunAsync("bash", "-c", $"fsck.fat -n '{image}' || true");
        var counted = UsedClusters().Match(check).Groups;
        var lost = long.Parse(LostClusters().Match(check).Groups[1].Value, CultureInfo.InvariantCulture);
        var (used, all) = (long.Parse(counted[1].Value, CultureInfo.InvariantCulture) + lost, long.Parse(counted[2].Value, CultureInfo.InvariantCulture));
        var cluster = bits == 32 ? 4096 : 2048;
        Assert.True(lost > 100);
        Assert.Equal(((all - used) * cluster, "BOOT"), (reading.Free, reading.Label));
        Assert.InRange(device.DiscardedBytes, reading.Free!.Value - (used * ApplianceDisk.Granularity), reading.Free.Value);
    }

    [Fact]
    public async Task Swap_is_free_but_for_its_header_and_a_hibernated_guest_is_left_alone()
    {
        using var folder = TestFolder.Create("swap");
        var image = folder.File("image");
        await Tools.RunAsync("truncate", "-s", "4M", image);
        await Tools.RunAsync("mkswap", "-L", "swap0", image);
        using var device = new RecordingDevice(image);
        var reading = new SwapReader().Read(device)!;
        Assert.Equal(((4 << 20) - 4096, "swap0"), (reading.Free, reading.Label));
        Assert.Equal([(0, 4 << 20)], device.Discards);
        await Tools.RunAsync("bash", "-c", $"printf 'S1SUSPEND\\0' | dd of='{image}' bs=1 seek=4086 conv=notrunc status=none");
        using var hibernated = new RecordingDevice(image);
        Assert.True(new SwapReader().Read(hibernated)!.IsOpaque);
    }

    /// <summary>Every third cluster marked as the end of a chain, as an aged table has them; the check calls them lost and counts them.</summary>
    private static async Task FillAsync(string image, int bits)
    {
        await using var file = new FileStream(image, FileMode.Open);
        var boot = new byte[512];
        await file.ReadExactlyAsync(boot);
        var (sector, reserved, tables) = (BitConverter.ToUInt16(boot, 11), BitConverter.ToUInt16(boot, 14), boot[16]);
        var size = BitConverter.ToUInt16(boot, 22) is > 0 and var small ? small : BitConverter.ToInt32(boot, 36);
        var table = new byte[size * sector];
        file.Position = reserved * sector;
        await file.ReadExactlyAsync(table);
        for (var cluster = 30; cluster < 900; cluster += 3)
        {
            if (bits == 32)
                BitConverter.TryWriteBytes(table.AsSpan(cluster * 4), 0x0FFFFFFF);
            else if (bits == 16)
                BitConverter.TryWriteBytes(table.AsSpan(cluster * 2), (ushort)0xFFFF);
            else if (cluster % 2 == 0)
                (table[cluster * 3 / 2], table[(cluster * 3 / 2) + 1]) = (0xFF, (byte)(table[(cluster * 3 / 2) + 1] | 0x0F));
        }

        for (var copy = 0; copy < tables; copy++)
        {
            file.Position = (reserved + (copy * size)) * sector;
            await file.WriteAsync(table);
        }
    }

    [GeneratedRegex(@"Free Clusters:\s+(\d+)")]
    private static partial Regex FreeClusters();

    [GeneratedRegex(@"Reclaimed (\d+) unused cluster")]
    private static partial Regex LostClusters();

    [GeneratedRegex(@"(\d+)/(\d+) clusters")]
    private static partial Regex UsedClusters();
}
