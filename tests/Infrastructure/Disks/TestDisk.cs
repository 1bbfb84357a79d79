using System.Globalization;
using System.Security.Cryptography;
using Sparsify.Testing.Processes;

namespace Sparsify.Testing.Disks;

/// <summary>A real disk with about 160 MiB of dead space and a file of its own, whose files can be verified.</summary>
public sealed class TestDisk
{
    private const string Marker = "marker";
    private readonly Dictionary<string, string> _checksums;

    private TestDisk(string path, string format, Dictionary<string, string> checksums) => (Path, Format, _checksums) = (path, format, checksums);

    /// <summary>The least that a run gives back.</summary>
    public static long DeadBytes => 150L << 20;

    /// <summary>The image file.</summary>
    public string Path { get; }

    /// <summary>Its name in the folder.</summary>
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>raw or qcow2.</summary>
    public string Format { get; }

    /// <summary>Bytes that the storage gave up for it when it was made.</summary>
    public long FilledBytes { get; private set; }

    /// <summary>Bytes that the storage gives up for it.</summary>
    public long AllocatedBytes => long.Parse(Tools.RunAsync("stat", "-c", "%b", Path).GetAwaiter().GetResult(), CultureInfo.InvariantCulture) * 512;

    /// <summary>Makes one.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="name">Its file name.</param>
    /// <param name="format">raw or qcow2.</param>
    public static async Task<TestDisk> CreateAsync(string folder, string name, string format)
    {
        var master = await MasterDisk.GetAsync();
        using var work = TestFolder.Create("disk");
        var raw = format == "raw" ? System.IO.Path.Combine(folder, name) : work.File("disk.raw");
        await Tools.RunAsync("cp", "--sparse=always", master.Path, raw);
        var content = $"{name} {Guid.NewGuid()}";
        await File.WriteAllTextAsync(work.File(Marker), content);
        await Tools.RunAsync("debugfs", "-w", "-R", $"write {work.File(Marker)} {Marker}", $"{raw}?offset={MasterDisk.PartitionOffset}");
        if (format != "raw")
            await Tools.RunAsync("qemu-img", "convert", "-f", "raw", "-O", format, raw, System.IO.Path.Combine(folder, name));
        var disk = new TestDisk(System.IO.Path.Combine(folder, name), format, new Dictionary<string, string>(master.Checksums)
        {
            [Marker] = Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(content))),
        });
        await Tools.RunAsync("sync", disk.Path);
        disk.FilledBytes = disk.AllocatedBytes;
        return disk;
    }

    /// <summary>Checks image, file system and every kept file.</summary>
    /// <exception cref="InvalidOperationException">Something is not what it was; the message says what.</exception>
    public async Task VerifyAsync()
    {
        using var work = TestFolder.Create("verify");
        var raw = Path;
        if (Format != "raw")
        {
            await Tools.RunAsync("qemu-img", "check", "-q", "-f", Format, Path);
            await Tools.RunAsync("qemu-img", "convert", "-f", Format, "-O", "raw", Path, raw = work.File("disk.raw"));
        }

        var image = $"{raw}?offset={MasterDisk.PartitionOffset}";
        await Tools.RunAsync("e2fsck", "-fn", image);
        var extracted = work.Folder("files");
        await Tools.RunAsync("debugfs", "-R", $"rdump /documents /{Marker} {extracted}", image);
        foreach (var (name, checksum) in _checksums)
        {
            var file = System.IO.Path.Combine(extracted, name);
            var found = File.Exists(file) ? Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(file))) : "no such file";
            if (found != checksum)
                throw new InvalidOperationException($"{name} in {Path} is not what it was: {found} in place of {checksum}.");
        }
    }
}
