using System.Buffers.Binary;

namespace Sparsify.HostWorker.Discovery;

/// <summary>
/// Finds LUKS and BitLocker at the start of a raw volume and of its partitions: a run on such a disk fails as a whole.
/// Sources: LUKS1/LUKS2 on-disk formats (magic at 0), libbde "BitLocker Drive Encryption format" (signature at 3),
/// UEFI 2.10 section 5 (MBR and GPT).
/// </summary>
internal static class GuestEncryption
{
    private const int Sector = 512;
    private const int MaximumGptEntries = 128;
    private static ReadOnlySpan<byte> Luks => [(byte)'L', (byte)'U', (byte)'K', (byte)'S', 0xBA, 0xBE];
    private static ReadOnlySpan<byte> BitLocker => "-FVE-FS-"u8;

    public static bool IsIn(string path)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        Span<byte> start = stackalloc byte[Sector];
        return IsEncrypted(file, 0, start) || Partitions(file, start.ToArray()).Any(offset => IsEncrypted(file, offset, new byte[Sector]));
    }

    private static bool IsEncrypted(Microsoft.Win32.SafeHandles.SafeFileHandle file, long offset, Span<byte> sector)
    {
        var read = RandomAccess.Read(file, sector, offset);
        return read == Sector && (sector.StartsWith(Luks) || sector[3..].StartsWith(BitLocker));
    }

    private static List<long> Partitions(Microsoft.Win32.SafeHandles.SafeFileHandle file, byte[] mbr)
    {
        var found = new List<long>();
        if (mbr[510] != 0x55 || mbr[511] != 0xAA)
            return found;
        for (var entry = 446; entry < 510; entry += 16)
        {
            var first = BinaryPrimitives.ReadUInt32LittleEndian(mbr.AsSpan(entry + 8));
            if (mbr[entry + 4] == 0xEE)
                found.AddRange(GptPartitions(file));
            else if (mbr[entry + 4] != 0 && first > 0)
                found.Add(first * (long)Sector);
        }

        return found;
    }

    private static List<long> GptPartitions(Microsoft.Win32.SafeHandles.SafeFileHandle file)
    {
        var found = new List<long>();
        var header = new byte[Sector];
        if (RandomAccess.Read(file, header, Sector) < Sector || !header.AsSpan().StartsWith("EFI PART"u8))
            return found;
        var table = BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(72));
        var count = Math.Min(BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(80)), MaximumGptEntries);
        var size = BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(84));
        if (table is < 0 or > long.MaxValue / Sector || size is < 128 or > 4096)
            return found;
        var entries = new byte[count * size];
        var read = RandomAccess.Read(file, entries, table * Sector);
        for (var i = 0; i + 128 <= read; i += (int)size)
        {
            var first = BinaryPrimitives.ReadInt64LittleEndian(entries.AsSpan(i + 32));
            if (first is > 0 and < long.MaxValue / Sector)
                found.Add(first * Sector);
        }

        return found;
    }
}
