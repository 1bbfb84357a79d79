using System.Net;
using Sparsify.Testing.Disks;
using Sparsify.Testing.Machines;
using Sparsify.Testing.Platforms;
using Xunit;

namespace Sparsify.EndToEnd.Tests;

/// <summary>Disks that must be left alone, each a real one.</summary>
public sealed class RefusalTests
{
    [Fact]
    public async Task Every_disk_that_a_run_could_harm_or_not_help_is_refused_with_its_code()
    {
        await using var libvirt = await LibvirtServer.StartAsync();
        await using var platform = new EmbeddedPlatform(settings: new Dictionary<string, string?> { ["Sparsify__HostWorker__LibvirtUri"] = libvirt.Uri });
        var storage = platform.Storage;
        await Tools.RunAsync("qemu-img", "create", "-q", "-f", "qcow2", $"{storage}/of-a-vm.qcow2", "64M");
        await libvirt.DefineAsync("web-1", $"{storage}/of-a-vm.qcow2", "qcow2");
        await libvirt.RunAsync("web-1");
        await Tools.RunAsync("qemu-img", "create", "-q", "-f", "qcow2", $"{storage}/base.qcow2", "64M");
        await Tools.RunAsync("qemu-img", "create", "-q", "-f", "qcow2", "-b", "base.qcow2", "-F", "qcow2", $"{storage}/overlay.qcow2");
        await Tools.RunAsync("fallocate", "-l", "16M", $"{storage}/preallocated.img");
        await Tools.RunAsync("qemu-img", "create", "-q", "-f", "vmdk", $"{storage}/foreign.vmdk", "16M");
        await Tools.RunAsync("qemu-img", "create", "-q", "-f", "qcow2", $"{storage}/with-a-snapshot.qcow2", "16M");
        await Tools.RunAsync("qemu-img", "snapshot", "-c", "first", $"{storage}/with-a-snapshot.qcow2");
        await Tools.RunAsync("bash", "-c", $"cd '{storage}' && truncate -s 16M locked-up.img && printf letmein | cryptsetup luksFormat -q --type luks1 --pbkdf-force-iterations 1000 locked-up.img -");
        await Tools.RunAsync("bash", "-c", $"printf 'not an image' > '{storage}/broken.qcow2'");
        await platform.StartAsync();

        await RefusedAsync(platform, "of-a-vm.qcow2", "VM_NOT_DOWN");
        await RefusedAsync(platform, "overlay.qcow2", "HAS_SNAPSHOTS");
        await RefusedAsync(platform, "base.qcow2", "HAS_DERIVED_DISKS");
        await RefusedAsync(platform, "preallocated.img", "PREALLOCATED");
        await RefusedAsync(platform, "foreign.vmdk", "FORMAT_UNSUPPORTED");
        await RefusedAsync(platform, "with-a-snapshot.qcow2", "FORMAT_UNSUPPORTED");
        await RefusedAsync(platform, "locked-up.img", "ENCRYPTED");
        await RefusedAsync(platform, "broken.qcow2", "FORMAT_UNSUPPORTED");
        var (status, body) = await platform.Client.SparsifyAsync(Guid.NewGuid());
        Assert.Equal((HttpStatusCode.NotFound, "DISK_NOT_FOUND"), (status, body.Text("code")));

        // The VM ends, and its disk becomes eligible by itself.
        await libvirt.EndAsync("web-1");
        var free = await platform.Client.DiskAsync("of-a-vm.qcow2", d => d.GetProperty("eligible").GetBoolean());
        Assert.Equal(("web-1", "down"), (free.GetProperty("vms")[0].Text("name"), free.GetProperty("vms")[0].Text("status")));
    }

    [Fact]
    public async Task A_disk_that_is_locked_or_open_elsewhere_is_refused_and_the_one_run_goes_on()
    {
        await using var platform = new EmbeddedPlatform(slots: 2);
        var disk = await TestDisk.CreateAsync(platform.Storage, "disk.qcow2", "qcow2");
        await Tools.RunAsync("qemu-img", "create", "-q", "-f", "qcow2", $"{platform.Storage}/open.qcow2", "64M");
        await platform.StartAsync();
        var id = (await platform.Client.DiskAsync(disk.Name)).Id();
        var (accepted, first) = await platform.Client.SparsifyAsync(id);
        Assert.Equal(HttpStatusCode.Accepted, accepted);

        var (status, problem) = await platform.Client.SparsifyAsync(id);
        Assert.Equal((HttpStatusCode.Conflict, "DISK_LOCKED", first.Id()), (status, problem.Text("code"), problem.Id("operationId")));

        // Nobody told the platform of this user: the host itself sees the lock of a second qemu.
        using var other = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("qemu-io", ["-f", "qcow2", $"{platform.Storage}/open.qcow2"]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        var (_, second) = await platform.Client.SparsifyAsync((await platform.Client.DiskAsync("open.qcow2")).Id());
        var refused = await platform.Client.OperationInAsync(second.Id(), TimeSpan.FromMinutes(2));
        other.StandardInput.Close();
        Assert.Equal(("Failed", "inUse"), (refused.Text("state"), refused.GetProperty("error").Text("kind")));
        Assert.Contains("VOLUME_IN_USE", refused.Codes());

        var done = await platform.Client.OperationInAsync(first.Id(), TimeSpan.FromMinutes(3));
        Assert.True(done.Text("state") == "Completed", platform.Logs);
        await disk.VerifyAsync();
    }

    private static async Task RefusedAsync(TestPlatform platform, string name, string code)
    {
        var disk = await platform.Client.DiskAsync(name, d => d.Codes().Contains(code));
        var (status, problem) = await platform.Client.SparsifyAsync(disk.Id());
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "NOT_ELIGIBLE"), (status, problem.Text("code")));
        Assert.Contains(code, problem.Codes());
        var seen = await platform.Client.DiskAsync(name);
        Assert.True(seen.IsNull("operationId"), $"{name} is locked after a refusal.");
    }
}
