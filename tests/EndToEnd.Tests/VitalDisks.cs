using Sparsify.Testing.Disks;
using Sparsify.Testing.Processes;
using Xunit;

namespace Sparsify.EndToEnd.Tests;

/// <summary>An aged disk with swap and a volume group, raw and qcow2 of the same content: made once, since that takes longer than a run.</summary>
public sealed class VitalDisks : IAsyncLifetime
{
    /// <summary>Its volume group.</summary>
    public const string Group = "vg2";

    private static readonly string[] Kinds = ["ext4", "swap", "lvm"];
    private readonly TestFolder _folder = TestFolder.Create("vital-disks");

    /// <summary>What is on both, as <see cref="ContentAsync"/> reads it.</summary>
    public string Content { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        var (raw, qcow2) = (Disk("raw", _folder.Path), Disk("qcow2", _folder.Path));
        await AgedDisk.MakeAsync([raw], files: 60);
        await Tools.RunAsync("qemu-img", "convert", "-f", "raw", "-O", "qcow2", raw.Path, qcow2.Path);
        Content = await ContentAsync(raw);
    }

    /// <summary>Copies one into a storage domain, with its holes.</summary>
    public async Task<AgedDisk> CopyAsync(string format, string storage)
    {
        var copy = Disk(format, storage);
        await Tools.RunAsync("cp", "--sparse=always", Disk(format, _folder.Path).Path, copy.Path);
        return copy;
    }

    /// <summary>The vital bytes, and every file of both file systems.</summary>
    public static Task<string> ContentAsync(AgedDisk disk, params string[] before) => GuestfishAsync(
        disk,
        [.. before, "lvs", ":", "vfs-type", "/dev/sda2", ":", "pread-device", "/dev/sda2", "4096", "0", ":", "mount-ro", "/dev/sda1", "/", ":", "checksums-out", "md5", "/", "/dev/stdout", ":", "umount", "/", ":",
        "mount-ro", $"/dev/{Group}/root", "/", ":", "checksums-out", "md5", "/", "/dev/stdout"]);

    /// <summary>Has an appliance do something with a disk.</summary>
    public static Task<string> GuestfishAsync(AgedDisk disk, params string[] commands) => Guestfs.RunAsync("guestfish", [$"--format={disk.Format}", $"--add={disk.Path}", "--", "run", ":", .. commands]);

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private static AgedDisk Disk(string format, string folder) => new(Path.Combine(folder, format == "raw" ? "disk.img" : "disk.qcow2"), format, Kinds);
}
