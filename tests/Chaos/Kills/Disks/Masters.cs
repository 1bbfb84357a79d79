using Sparsify.Testing.Disks;
using Sparsify.Testing.Processes;

namespace Sparsify.Chaos.Kills.Disks;

/// <summary>The disk that is copied for each kill, in both formats, and what is on it.</summary>
internal sealed class Masters : IDisposable
{
    /// <summary>The swap partition, as the appliance names it.</summary>
    public const string SwapPartition = "/dev/sda4";

    /// <summary>The volume group.</summary>
    public const string Group = "vg2";

    /// <summary>The swap area in a logical volume.</summary>
    public const string SwapVolume = $"/dev/{Group}/swap";

    private const int Files = 150;
    private readonly TestFolder _folder = TestFolder.Create("kills-masters");

    private Masters()
    {
    }

    /// <summary>What is on both.</summary>
    public DiskContent Content { get; private set; } = null!;

    /// <summary>Makes them.</summary>
    public static async Task<Masters> MakeAsync()
    {
        var masters = new Masters();
        var (raw, qcow2) = (masters.PathOf("raw"), masters.PathOf("qcow2"));
        await AgedDisk.MakeAsync([new AgedDisk(raw, "raw", ["ext4", "xfs", "ntfs", "swap", "lvm-swap"])], Files);
        await Tools.RunAsync("qemu-img", "convert", "-f", "raw", "-O", "qcow2", raw, qcow2);
        masters.Content = (await DiskContent.ReadAsync(new DiskImage(raw, "raw", CutOff: false)))[0];
        foreach (var path in new[] { raw, qcow2 })
            await Tools.RunAsync("sync", path);
        return masters;
    }

    /// <summary>Copies one into a storage domain, where it appears whole.</summary>
    /// <returns>The copy's path.</returns>
    public async Task<string> CopyAsync(string format, string folder, string name)
    {
        var path = Path.Combine(folder, name + (format == "raw" ? ".img" : ".qcow2"));
        await CopyAsync(PathOf(format), path + ".new");
        File.Move(path + ".new", path);
        return path;
    }

    /// <summary>Copies an image with its holes.</summary>
    public static async Task CopyAsync(string image, string copy)
    {
        await Tools.RunAsync("cp", "--sparse=always", image, copy);
        await Tools.RunAsync("sync", copy);
    }

    /// <inheritdoc />
    public void Dispose() => _folder.Dispose();

    private string PathOf(string format) => _folder.File($"master.{format}");
}
