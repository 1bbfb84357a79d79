using Sparsify.DiskImages.Images;
using Sparsify.Testing.Disks;
using Sparsify.Testing.Processes;

namespace Sparsify.Fuzzing.Seeds;

/// <summary>Makes sound images of every kind with the field's own tools.</summary>
internal static class SeedImages
{
    /// <summary>Makes all of them in a folder of its own, which is removed.</summary>
    public static async Task<IReadOnlyList<Seed>> MakeAsync()
    {
        using var folder = TestFolder.Create("seeds");
        await Tools.RunAsync("bash", "-euc", Script, "seeds", folder.Path);
        return [.. Directory.GetFiles(folder.Path).Order(StringComparer.Ordinal).Select(f => new Seed(Path.GetFileNameWithoutExtension(f), Path.GetExtension(f) == ".qcow2" ? ImageFormat.Qcow2 : ImageFormat.Raw, SparseBytes.Load(f)))];
    }

    private const string Script =
        """
        cd "$1"
        mkdir tree && for i in $(seq 40); do head -c $((i * 700)) /dev/urandom >tree/file-$i; done
        make() { truncate -s "$2" "$1"; }
        forget() { for i in $(seq 2 3 40); do echo "rm file-$i"; done | debugfs -w -f - "$1" >/dev/null 2>&1; }
        make ext2-1k.raw 4M; mke2fs -q -t ext2 -b 1024 -d tree ext2-1k.raw; forget ext2-1k.raw
        make ext3.raw 8M; mke2fs -q -t ext3 -b 1024 -d tree ext3.raw; forget ext3.raw
        make ext4.raw 16M; mke2fs -q -t ext4 -d tree ext4.raw; forget ext4.raw
        make ext4-64.raw 40M; mke2fs -q -t ext4 -O 64bit,meta_bg,^resize_inode -b 1024 -g 1024 -d tree ext4-64.raw
        make bigalloc.raw 32M; mke2fs -q -t ext4 -O bigalloc -C 16384 -d tree bigalloc.raw
        cp ext3.raw ext3-dirty.raw; debugfs -w -R 'feature needs_recovery' ext3-dirty.raw >/dev/null 2>&1
        printf 'jo\njw -b 333 /dev/zero\njc\n' >journal; debugfs -w -f journal ext3-dirty.raw >/dev/null 2>&1 || true
        make xfs.raw 300M; mkfs.xfs -q xfs.raw
        make xfs-4.raw 300M; mkfs.xfs -q -m crc=0 -b size=1024 xfs-4.raw
        make btrfs.raw 128M; mkfs.btrfs -q --rootdir tree btrfs.raw
        make btrfs-single.raw 128M; mkfs.btrfs -q -m single -R ^free-space-tree --rootdir tree btrfs-single.raw
        make ntfs.raw 8M; mkntfs -q -F -f -s 512 -p 0 -H 0 -S 0 ntfs.raw >/dev/null
        make fat12.raw 2M; mkfs.fat -F 12 fat12.raw >/dev/null
        make fat16.raw 20M; mkfs.fat -F 16 fat16.raw >/dev/null
        make fat32.raw 40M; mkfs.fat -F 32 fat32.raw >/dev/null
        make swap.raw 2M; mkswap -q swap.raw 2>/dev/null
        make gpt.raw 24M; printf 'label: gpt\nstart=2048, size=8192\nstart=10240, size=8192\n' | sfdisk -q gpt.raw
        dd if=ext2-1k.raw of=gpt.raw bs=1M seek=1 conv=notrunc status=none; dd if=swap.raw of=gpt.raw bs=1M seek=5 conv=notrunc status=none
        make mbr.raw 24M; printf 'label: dos\nstart=2048, size=8192\nstart=10240, type=5\nstart=12288, size=8192\nstart=24576, size=8192\n' | sfdisk -q mbr.raw
        dd if=ext2-1k.raw of=mbr.raw bs=1M seek=6 conv=notrunc status=none; dd if=fat12.raw of=mbr.raw bs=1M seek=12 conv=notrunc status=none
        printf 'LUKS\272\276' >luks.raw; truncate -s 1M luks.raw
        convert() { qemu-img convert -f raw -O qcow2 "${@:3}" "$1" "$2"; }
        convert ext4.raw ext4-v3.qcow2
        convert ext4.raw ext4-v2.qcow2 -o compat=0.10
        convert ext4.raw ext4-small.qcow2 -o cluster_size=512
        convert ext4.raw ext4-large.qcow2 -o cluster_size=2M
        convert ext4.raw ext4-extended.qcow2 -o extended_l2=on,cluster_size=16k
        convert ext4.raw ext4-compressed.qcow2 -c
        convert mbr.raw mbr.qcow2
        convert ext2-1k.raw snapshot.qcow2; qemu-img snapshot -c one snapshot.qcow2; qemu-io -f qcow2 -c 'write -P 7 3M 512k' snapshot.qcow2 >/dev/null
        make lvm.raw 64M; printf 'start=2048, size=65536, type=8e\nstart=67584, type=8e\n' | sfdisk -q lvm.raw
        LIBGUESTFS_BACKEND=direct LIBGUESTFS_BACKEND_SETTINGS=force_tcg guestfish --format=raw -a lvm.raw run : pvcreate /dev/sda1 : pvcreate /dev/sda2 : vgcreate vg "/dev/sda1 /dev/sda2" : lvcreate one vg 12 : debug sh "lvm lvcreate -q -i 2 -I 64 -L 16M -n two vg" : mkfs ext4 /dev/vg/one : mkfs ext2 /dev/vg/two >/dev/null
        rm -rf tree journal
        """;
}
