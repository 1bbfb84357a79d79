using System.Numerics;
using System.Runtime.InteropServices;

namespace Sparsify.DiskImages.FileSystems;

/// <summary>The Castagnoli checksum as file systems chain it: without the turning of the first and last value. Source: RFC 3720, appendix B.4.</summary>
internal static class Crc32C
{
    public static uint Of(uint seed, ReadOnlySpan<byte> bytes)
    {
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(bytes))
            seed = BitOperations.Crc32C(seed, word);
        foreach (var rest in bytes[(bytes.Length & ~7)..])
            seed = BitOperations.Crc32C(seed, rest);
        return seed;
    }
}
