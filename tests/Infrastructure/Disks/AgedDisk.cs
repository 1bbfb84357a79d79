using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Sparsify.Testing.Processes;

namespace Sparsify.Testing.Disks;

/// <summary>A disk whose file systems have seen thousands of files come and go.</summary>
/// <param name="Path">The image file.</param>
/// <param name="Format">raw or qcow2.</param>
/// <param name="Kinds">What its partitions hold, in order: ext2, ext3, ext4, xfs, btrfs, ntfs, vfat, swap, lvm, or lvm-swap: a group whose second volume is a swap area.</param>
public sealed record AgedDisk(string Path, string Format, IReadOnlyList<string> Kinds)
{
    /// <summary>Bytes of each partition; XFS is not made smaller than this.</summary>
    private const long PartitionSize = 400L << 20;

    private const int Largest = 60_000;
    private const int DeadBytes = 60 << 20;

    /// <summary>Makes disks, all in one appliance.</summary>
    /// <param name="disks">Where and what.</param>
    /// <param name="files">Files that each file system gets in each of two rounds; two thirds of them are deleted.</param>
    public static async Task MakeAsync(IReadOnlyList<AgedDisk> disks, int files)
    {
        using var folder = TestFolder.Create("aging");
        var archives = new[] { await PackAsync(folder, "a", files, 1), await PackAsync(folder, "b", files, 2) };
        var dead = folder.File("dead");
        await File.WriteAllBytesAsync(dead, RandomNumberGenerator.GetBytes(DeadBytes));
        var script = new StringBuilder("run\n");
        var drives = new List<string>();
        foreach (var disk in disks)
        {
            var size = (disk.Kinds.Count * PartitionSize) + (4 << 20);
            await Tools.RunAsync("qemu-img", "create", "-q", "-f", disk.Format, disk.Path, size.ToString(CultureInfo.InvariantCulture));
            var device = $"/dev/sd{(char)('a' + (drives.Count / 2))}";
            drives.AddRange([$"--format={disk.Format}", $"--add={disk.Path}"]);
            script.AppendLine(CultureInfo.InvariantCulture, $"part-init {device} gpt");
            for (var i = 0; i < disk.Kinds.Count; i++)
            {
                var start = (2048 * (i + 1L)) + (i * ((PartitionSize >> 9) - 2048));
                script.AppendLine(CultureInfo.InvariantCulture, $"part-add {device} p {start} {start + (PartitionSize >> 9) - 2049}");
            }

            for (var i = 0; i < disk.Kinds.Count; i++)
                Fill(script, disk.Kinds[i], $"{device}{i + 1}", $"vg{drives.Count}", archives, dead);
        }

        var file = folder.File("script");
        await File.WriteAllTextAsync(file, script.ToString());
        await Guestfs.RunAsync("guestfish", [.. drives, "-f", file]);
    }

    private static void Fill(StringBuilder script, string kind, string partition, string group, string[] archives, string dead)
    {
        switch (kind)
        {
            case "swap":
                MakeSwap(script, partition, dead);
                break;
            case "lvm" or "lvm-swap":
                script.AppendLine(CultureInfo.InvariantCulture, $"pvcreate {partition}\nvgcreate {group} {partition}\nlvcreate root {group} 250\nlvcreate old {group} 60");
                if (kind == "lvm-swap")
                {
                    script.AppendLine(CultureInfo.InvariantCulture, $"lvcreate swap {group} 64");
                    MakeSwap(script, $"/dev/{group}/swap", dead);
                }

                script.AppendLine(CultureInfo.InvariantCulture, $"upload-offset {dead} /dev/{group}/old 0\nlvremove /dev/{group}/old");
                Age(script, "ext4", $"/dev/{group}/root", archives);
                break;
            default:
                Age(script, kind, partition, archives);
                break;
        }
    }

    private static void MakeSwap(StringBuilder script, string device, string dead) =>
        script.AppendLine(CultureInfo.InvariantCulture, $"mkswap {device}\nupload-offset {dead} {device} {1 << 20}");

    private static void Age(StringBuilder script, string kind, string device, string[] archives)
    {
        // A guest that has run for a while has written all inode tables; else the kernel does so in the middle of a run, if that is slow.
        var make = kind.StartsWith("ext", StringComparison.Ordinal) ? $"mke2fs {device} fstype:{kind} lazyitableinit:false" : $"mkfs {kind} {device}";
        script.AppendLine(CultureInfo.InvariantCulture, $"{make}\nmount {device} /");
        foreach (var archive in archives)
        {
            // Every second round lies between what the first left.
            script.AppendLine(CultureInfo.InvariantCulture, $"tar-in {archive} / xattrs:false");
            script.AppendLine("sync\ndebug sh \"rm -rf /sysroot/*/*[1-46-8]\"\nsync");
        }

        script.AppendLine("umount /");
    }

    private static async Task<string> PackAsync(TestFolder folder, string name, int files, int seed)
    {
        var random = new Random(seed);
        var tree = folder.Folder($"{name}/{name}");
        for (var i = 0; i < files; i++)
        {
            var content = new byte[random.Next(1, Largest)];
            random.NextBytes(content);
            await File.WriteAllBytesAsync(System.IO.Path.Combine(tree, $"file-{i}"), content);
        }

        await Tools.RunAsync("tar", "-C", folder.File(name), "--owner=0", "--group=0", "-cf", folder.File($"{name}.tar"), name);
        return folder.File($"{name}.tar");
    }
}
