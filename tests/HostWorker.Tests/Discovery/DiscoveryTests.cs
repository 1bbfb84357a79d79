using Microsoft.Extensions.Logging.Abstractions;
using Sparsify.Contracts;
using Sparsify.HostWorker.Discovery;
using Sparsify.HostWorker.Volumes;
using Sparsify.Testing.Disks;
using Xunit;

namespace Sparsify.HostWorker.Tests.Discovery;

public sealed class DiscoveryTests
{
    [Fact]
    public async Task Volumes_are_reported_by_what_their_names_declare_with_their_chains()
    {
        using var worker = new Worker();
        Directory.CreateDirectory(worker.File("web"));
        await Tools.RunAsync("truncate", "-s", "8M", worker.File("plain.img"));
        await Tools.RunAsync("qemu-img", "create", "-q", "-f", "qcow2", worker.File("web/base.qcow2"), "16M");
        await Tools.RunAsync("qemu-img", "create", "-q", "-f", "qcow2", "-b", "base.qcow2", "-F", "qcow2", worker.File("web/leaf.qcow2"));
        await File.WriteAllTextAsync(worker.File("broken.qcow2"), "no image");
        await Tools.RunAsync("qemu-img", "create", "-q", "-f", "vmdk", worker.File("foreign.vmdk"), "4M");
        await File.WriteAllTextAsync(worker.File("notes.txt"), "");
        File.CreateSymbolicLink(worker.File("link.img"), worker.File("plain.img"));

        var found = worker.Discovery.Look(Worker.Domain, worker.Storage).ToDictionary(d => d.Path);
        Assert.Equal(["broken.qcow2", "foreign.vmdk", "plain.img", "web/base.qcow2", "web/leaf.qcow2"], found.Keys.Order(StringComparer.Ordinal));
        Assert.Equal((VolumeFormat.Raw, 8L << 20, 0L), (found["plain.img"].Format, found["plain.img"].VirtualSize, found["plain.img"].ActualSize));
        Assert.Equal((2, 16L << 20, 0), (found["web/leaf.qcow2"].ChainLength, found["web/leaf.qcow2"].VirtualSize, found["web/leaf.qcow2"].DerivedDisks));
        Assert.Equal(1, found["web/base.qcow2"].DerivedDisks);
        Assert.Equal((VolumeFormat.Other, VolumeFormat.Other), (found["broken.qcow2"].Format, found["foreign.vmdk"].Format));
        Assert.Equal(HostDiskId.Of(Worker.Domain, "plain.img"), found["plain.img"].DiskId);
    }

    [Fact]
    public void Two_hosts_make_the_same_id_for_a_volume_and_it_is_a_version_5_UUID()
    {
        var id = HostDiskId.Of("vms", "web/root.qcow2");
        Assert.Equal(id, HostDiskId.Of("vms", "web/root.qcow2"));
        Assert.NotEqual(id, HostDiskId.Of("vms", "web/root2.qcow2"));
        Assert.Equal(5, id.Version);
    }

    [Theory]
    [InlineData("/srv/a b/disk.img", "/srv/a b", "nfs4", "4.2")]
    [InlineData("/srv/old/disk.img", "/srv/old", "nfs", "3")]
    [InlineData("/srv/olden/disk.img", "/", "ext4", null)]
    [InlineData("/srv/local/disk.img", "/srv/local", "xfs", null)]
    public void The_innermost_mount_tells_the_file_system_and_the_NFS_version(string path, string point, string fileSystem, string? nfs)
    {
        string[] mounts =
        [
            "21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw",
            @"40 21 0:40 / /srv/a\040b rw shared:2 - nfs4 server:/a rw,vers=4.2,rsize=1048576",
            "41 21 0:41 / /srv/old rw shared:3 - nfs server:/old rw,vers=3,nolock",
            "42 21 8:2 / /srv/local rw - ext4 /dev/sdb rw",
            "43 42 8:3 / /srv/local rw - xfs /dev/sdc rw",
            "not a mount",
        ];
        var found = MountEntry.Find(mounts, path);
        Assert.Equal((point, fileSystem, nfs), (found!.MountPoint, found.FileSystem, found.NfsVersion));
    }

    [Fact]
    public void This_machines_file_system_gives_a_punched_hole_back_and_keeps_no_probe_file()
    {
        using var worker = new Worker();
        Assert.True(HolePunchProbe.GivesBlocksBack(worker.Storage));
        Assert.Empty(Directory.GetFileSystemEntries(worker.Storage));
    }
}
