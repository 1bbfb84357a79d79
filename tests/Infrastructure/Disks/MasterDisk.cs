using System.Globalization;
using System.Security.Cryptography;
using Sparsify.Testing.Processes;

namespace Sparsify.Testing.Disks;

/// <summary>
/// A raw disk with one partition and an ext4 file system, filled, and emptied for the most part, without mounting anything.
/// Made once in a process; test disks are copies.
/// </summary>
internal sealed class MasterDisk
{
    /// <summary>Where the partition starts.</summary>
    public const long PartitionOffset = 1 << 20;

    private const long VirtualSize = 512L << 20;
    private const int KeptFiles = 6;
    private const int KeptSize = 2 << 20;
    private const int DeadFiles = 4;
    private const int DeadSize = 40 << 20;

    private static readonly Lazy<Task<MasterDisk>> Made = new(MakeAsync);
    private readonly TestFolder _folder;

    private MasterDisk(TestFolder folder, IReadOnlyDictionary<string, string> checksums)
    {
        (_folder, Checksums) = (folder, checksums);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => _folder.Dispose();
    }

    /// <summary>The image file.</summary>
    public string Path => _folder.File("master.img");

    /// <summary>The kept files: path in the guest to SHA-256.</summary>
    public IReadOnlyDictionary<string, string> Checksums { get; }

    public static Task<MasterDisk> GetAsync() => Made.Value;

    private static async Task<MasterDisk> MakeAsync()
    {
        var folder = TestFolder.Create("disks");
        var tree = folder.Folder("tree");
        var checksums = new Dictionary<string, string>(StringComparer.Ordinal);
        Directory.CreateDirectory(System.IO.Path.Combine(tree, "documents", "nested"));
        for (var i = 0; i < KeptFiles; i++)
        {
            var name = i % 2 == 0 ? $"documents/file-{i}" : $"documents/nested/file-{i}";
            checksums[name] = await WriteRandomAsync(System.IO.Path.Combine(tree, name), KeptSize);
        }

        Directory.CreateDirectory(System.IO.Path.Combine(tree, "dead"));
        for (var i = 0; i < DeadFiles; i++)
            await WriteRandomAsync(System.IO.Path.Combine(tree, "dead", $"file-{i}"), DeadSize);

        var path = folder.File("master.img");
        await Tools.RunAsync("truncate", "-s", VirtualSize.ToString(CultureInfo.InvariantCulture), path);
        await Tools.RunAsync("bash", "-c", $"echo 'start={PartitionOffset / 512}, type=83' | sfdisk --quiet '{path}'");
        await Tools.RunAsync("mkfs.ext4", "-q", "-F", "-d", tree, "-E", $"offset={PartitionOffset}", path, $"{(VirtualSize - PartitionOffset) / 1024}k");
        await File.WriteAllLinesAsync(folder.File("deletions"), Enumerable.Range(0, DeadFiles).Select(i => $"rm /dead/file-{i}"));
        await Tools.RunAsync("debugfs", "-w", "-f", folder.File("deletions"), $"{path}?offset={PartitionOffset}");
        Directory.Delete(tree, recursive: true);
        return new MasterDisk(folder, checksums);
    }

    private static async Task<string> WriteRandomAsync(string path, int size)
    {
        var content = RandomNumberGenerator.GetBytes(size);
        await File.WriteAllBytesAsync(path, content);
        return Convert.ToHexStringLower(SHA256.HashData(content));
    }
}
