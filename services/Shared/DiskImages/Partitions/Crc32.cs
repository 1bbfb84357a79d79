namespace Sparsify.DiskImages.Partitions;

/// <summary>The checksum of GPT and LVM2. Source: ISO 3309, section "Frame checking sequence"; the polynomial EDB88320, reflected.</summary>
internal static class Crc32
{
    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(i => Step((uint)i))];

    /// <summary>With the usual turning of the first and last value.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes) => ~Of(uint.MaxValue, bytes);

    /// <summary>Goes on from a value, without turning.</summary>
    public static uint Of(uint seed, ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes)
            seed = Table[(byte)(seed ^ b)] ^ (seed >> 8);
        return seed;
    }

    private static uint Step(uint value)
    {
        for (var bit = 0; bit < 8; bit++)
            value = (value & 1) != 0 ? 0xEDB88320 ^ (value >> 1) : value >> 1;
        return value;
    }
}
