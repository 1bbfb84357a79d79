using System.Globalization;
using Sparsify.Testing.Disks;
using Sparsify.Testing.Processes;

namespace Sparsify.Testing.Machines;

/// <summary>
/// A libvirt of its own: sockets and state in a folder of the test, its system folders hidden in a mount namespace.
/// The system's libvirt, where there is one, is never touched.
/// </summary>
public sealed class LibvirtServer : IAsyncDisposable
{
    private const string Script = """
        set -e
        folder=$1
        cp -a /etc/libvirt "$folder/etc"
        for hidden in /etc/libvirt /var/lib/libvirt /run/libvirt /var/log/libvirt /var/cache/libvirt; do
            mkdir -p "$hidden"
            mount -t tmpfs -o mode=0755 tmpfs "$hidden"
        done
        cp -a "$folder/etc/." /etc/libvirt/
        printf '%s\n' 'user = "root"' 'group = "root"' 'security_driver = "none"' 'cgroup_controllers = []' 'namespaces = []' 'stdio_handler = "file"' >/etc/libvirt/qemu.conf
        printf '%s\n' "unix_sock_dir = \"$folder/sockets\"" 'auth_unix_ro = "none"' 'auth_unix_rw = "none"' >"$folder/libvirtd.conf"
        mkdir -p "$folder/sockets"
        exec libvirtd -f "$folder/libvirtd.conf" -p "$folder/libvirtd.pid"
        """;

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private readonly TestFolder _folder;
    private readonly LifelineProcess _process;
    private readonly List<string> _machines = [];

    private LibvirtServer(TestFolder folder, LifelineProcess process) => (_folder, _process) = (folder, process);

    /// <summary>The connection URI.</summary>
    public string Uri => $"qemu+unix:///system?socket={_folder.File("sockets")}/libvirt-sock";

    /// <summary>Starts one.</summary>
    public static async Task<LibvirtServer> StartAsync()
    {
        var folder = TestFolder.Create("libvirt");
        string[] asRoot = Environment.IsPrivilegedProcess ? [] : ["--map-root-user"];
        var process = LifelineProcess.Start("unshare", [.. asRoot, "--mount", "--propagation", "private", "bash", "-c", Script, "libvirt", folder.Path], folder.File("libvirtd.log"));
        var server = new LibvirtServer(folder, process);
        await process.WaitUntilAsync(server.AnswersAsync, StartLimit, "libvirt answers");
        return server;
    }

    /// <summary>Defines a VM with one disk.</summary>
    public async Task DefineAsync(string name, string disk, string format)
    {
        var xml = _folder.File($"{name}.xml");
        await File.WriteAllTextAsync(
            xml,
            string.Create(CultureInfo.InvariantCulture, $"""
            <domain type='qemu'>
              <name>{name}</name>
              <memory unit='MiB'>64</memory>
              <os><type>hvm</type></os>
              <devices>
                <disk type='file' device='disk'><driver name='qemu' type='{format}'/><source file='{disk}'/><target dev='vda' bus='virtio'/></disk>
              </devices>
            </domain>
            """));
        await VirshAsync("define", xml);
        _machines.Add(name);
    }

    /// <summary>Starts a VM; it finds nothing to boot, and keeps its disk open.</summary>
    public Task RunAsync(string name) => VirshAsync("start", name);

    /// <summary>Ends a VM.</summary>
    public Task EndAsync(string name) => VirshAsync("destroy", name);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        // Ending libvirt does not end its VMs.
        foreach (var running in (await VirshAsync("list", "--name")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Intersect(_machines))
            await EndAsync(running);
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            await VirshAsync("list");
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private Task<string> VirshAsync(params string[] arguments) => Tools.RunAsync("virsh", ["-c", Uri, .. arguments]);
}
