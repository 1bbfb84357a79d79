using Sparsify.Testing.Disks;
using Sparsify.Testing.Processes;

namespace Sparsify.HostWorker.Tests.Presence;

/// <summary>A disk of a megabyte, which can be filled.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private readonly TestFolder _folder = TestFolder.Create("small-disk");

    private SmallDisk()
    {
    }

    public string Path => _folder.Path;

    private string Filler => _folder.File("filler");

    public static async Task<SmallDisk> MountAsync()
    {
        var disk = new SmallDisk();
        await Tools.RunAsync("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk.Path);
        return disk;
    }

    public Task FillAsync() => Tools.RunAsync("bash", "-c", $"! cat /dev/zero >'{Filler}'");

    public void Empty() => File.Delete(Filler);

    public async ValueTask DisposeAsync()
    {
        await Tools.RunAsync("umount", Path);
        _folder.Dispose();
    }
}
