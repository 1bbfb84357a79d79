using Sparsify.DiskImages.Devices;

namespace Sparsify.DiskImages.FileSystems.Opaque;

/// <summary>
/// Recognises what holds file systems that are not to be seen from outside: encryption and software RAID. It is asked first,
/// because a RAID member may look like the file system in it. Sources: LUKS1 and LUKS2 on-disk format specifications,
/// "PHDR layout"; libbde documentation, "BitLocker Drive Encryption format"; Linux <c>drivers/md/md.c</c>.
/// </summary>
internal sealed class ContainerReader : IFileSystemReader
{
    private const string Encrypted = "Encrypted: virt-sparsify asks for a key and fails as a whole.";
    private const long OldRaidReserved = 64 << 10;
    private static readonly byte[] Luks = [.. "LUKS"u8, 0xBA, 0xBE];
    private static readonly byte[] Raid = [0xFC, 0x4E, 0x2B, 0xA9];

    public FileSystemReading? Read(GuestDevice device)
    {
        if (device.Has(0, Luks))
            return FileSystemReading.Opaque("LUKS", Encrypted) with { IsEncrypted = true };
        if (device.Has(3, "-FVE-FS-"u8))
            return FileSystemReading.Opaque("BitLocker", Encrypted) with { IsEncrypted = true };
        return RaidPlaces(device.Length).Any(place => place >= 0 && device.Has(place, Raid))
            ? FileSystemReading.Opaque("linux_raid_member", "A member of a Linux software RAID: its file systems are not looked into.", exact: false) with { IsRaidMember = true }
            : null;
    }

    /// <summary>Superblocks of the versions 1.1, 1.2, 1.0 (8 to 16 sectors before the end) and 0.90 (64 to 128 KiB before it).</summary>
    private static long[] RaidPlaces(long length) =>
        [0, 4096, length < 8192 ? -1 : ((length / 512) - 16) / 8 * 8 * 512, (length / OldRaidReserved * OldRaidReserved) - OldRaidReserved];
}
