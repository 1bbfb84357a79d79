using System.Buffers.Binary;
using Sparsify.Contracts;
using Sparsify.DiskImages;
using Sparsify.DiskImages.Images.Qcow2;
using Sparsify.HostWorker.Images;
using Sparsify.HostWorker.Volumes;
using Sparsify.Testing.Disks;
using Xunit;

namespace Sparsify.HostWorker.Tests.Images;

/// <summary>Headers and chains against what qemu-img makes, and against what an attacker would.</summary>
public sealed class Qcow2Tests
{
    [Theory]
    [InlineData("compat=1.1", 3)]
    [InlineData("compat=0.10", 2)]
    public async Task A_header_is_read_as_qemu_img_wrote_it(string options, int version)
    {
        using var worker = new Worker();
        await Tools.RunAsync("qemu-img", "create", "-q", "-f", "qcow2", worker.File("base.qcow2"), "10M");
        await Tools.RunAsync("qemu-img", "create", "-q", "-f", "qcow2", "-o", options, "-b", "base.qcow2", "-F", "qcow2", worker.File("a.qcow2"), "20M");
        await Tools.RunAsync("qemu-img", "snapshot", "-c", "one", worker.File("a.qcow2"));
        var header = Qcow2Header.Read(worker.File("a.qcow2"));
        Assert.Equal((version, 20L << 20, "base.qcow2", "qcow2", 1), (header.Version, header.VirtualSize, header.BackingFile, header.BackingFormat, header.InternalSnapshots));
        Assert.Equal((false, false, false, false), (header.Encrypted, header.ExternalData, header.Dirty, header.Corrupt));
    }

    [Fact]
    public async Task Encryption_and_data_in_another_file_are_seen()
    {
        using var worker = new Worker();
        // qemu-img measures its processor to choose an iteration count, and fails on a busy machine: the method is set by hand.
        await Tools.RunAsync("bash", "-c", $"cd '{worker.Storage}' && qemu-img create -q -f qcow2 e.qcow2 4M && printf '\\0\\0\\0\\002' | dd of=e.qcow2 bs=1 seek=32 conv=notrunc status=none");
        await Tools.RunAsync("qemu-img", "create", "-q", "-f", "qcow2", "-o", $"data_file={worker.File("data")},data_file_raw=on", worker.File("d.qcow2"), "4M");
        Assert.True(Qcow2Header.Read(worker.File("e.qcow2")).Encrypted);
        Assert.True(Qcow2Header.Read(worker.File("d.qcow2")).ExternalData);
    }

    [Fact]
    public async Task A_chain_is_followed_to_its_end()
    {
        using var worker = new Worker();
        await Tools.RunAsync("qemu-img", "create", "-q", "-f", "raw", worker.File("base.img"), "4M");
        await Tools.RunAsync("qemu-img", "create", "-q", "-f", "qcow2", "-b", "base.img", "-F", "raw", worker.File("middle.qcow2"));
        await Tools.RunAsync("qemu-img", "create", "-q", "-f", "qcow2", "-b", "middle.qcow2", "-F", "qcow2", worker.File("leaf.qcow2"));
        var chain = Read(worker, "leaf.qcow2");
        Assert.Equal([worker.File("leaf.qcow2"), worker.File("middle.qcow2"), worker.File("base.img")], chain.Paths);
        Assert.True(chain.IsComplete);
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../../../../etc/passwd")]
    [InlineData("json:{\"driver\":\"nbd\"}")]
    [InlineData("nbd://192.0.2.1/x")]
    public void A_backing_file_outside_the_storage_domain_is_refused_unopened(string backing)
    {
        using var worker = new Worker();
        WriteHeader(worker.File("evil.qcow2"), backing);
        Assert.Throws<OutsideStorageDomainException>(() => Read(worker, "evil.qcow2"));
    }

    [Fact]
    public void A_chain_that_turns_in_a_circle_is_refused()
    {
        using var worker = new Worker();
        WriteHeader(worker.File("a.qcow2"), "b.qcow2");
        WriteHeader(worker.File("b.qcow2"), "a.qcow2");
        Assert.Contains("circle", Assert.Throws<ImageFormatException>(() => Read(worker, "a.qcow2")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_volume_and_a_format_that_is_not_given_leave_the_chain_incomplete()
    {
        using var worker = new Worker();
        await Tools.RunAsync("qemu-img", "create", "-q", "-f", "qcow2", worker.File("base.qcow2"), "4M");
        await Tools.RunAsync("qemu-img", "create", "-q", "-f", "qcow2", "-b", "base.qcow2", "-F", "qcow2", worker.File("leaf.qcow2"));
        File.Delete(worker.File("base.qcow2"));
        Assert.Equal((false, 2), (Read(worker, "leaf.qcow2").IsComplete, Read(worker, "leaf.qcow2").Length));
    }

    [Fact]
    public void A_volume_below_is_known_as_such_though_its_format_is_not_given()
    {
        using var worker = new Worker();
        File.WriteAllText(worker.File("base.img"), "");
        WriteHeader(worker.File("leaf.qcow2"), "base.img", backingFormat: false);
        var chain = Read(worker, "leaf.qcow2");
        Assert.Equal((false, worker.File("base.img")), (chain.IsComplete, Assert.Single(chain.Below)));
        Assert.Equal(worker.File("leaf.qcow2"), DerivedVolumes.FirstOf(Worker.Domain, worker.Storage, worker.File("base.img")));
    }

    private static ImageChain Read(Worker worker, string leaf) => ImageChain.Read(Worker.Domain, worker.Storage, worker.File(leaf), VolumeFormat.Qcow2);

    private static void WriteHeader(string path, string backing, bool backingFormat = true)
    {
        var header = new byte[4096];
        BinaryPrimitives.WriteUInt32BigEndian(header, 0x514649FB);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), 3);
        BinaryPrimitives.WriteUInt64BigEndian(header.AsSpan(8), 1024);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(16), (uint)backing.Length);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(20), 16);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(96), 4);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(100), 104);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(104), backingFormat ? 0xE2792ACA : 0);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(108), 5);
        "qcow2"u8.CopyTo(header.AsSpan(112));
        System.Text.Encoding.UTF8.GetBytes(backing).CopyTo(header, 1024);
        File.WriteAllBytes(path, header);
    }
}
