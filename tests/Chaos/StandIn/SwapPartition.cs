using System.Buffers.Binary;
using System.Globalization;

namespace Sparsify.Chaos.StandIn;

/// <summary>A partition of the type 0x82. Source: the partition table of a master boot record, at byte 446.</summary>
/// <param name="Device">Its name in the appliance.</param>
/// <param name="Offset">Where it starts, in bytes.</param>
/// <param name="Length">Its size, in bytes.</param>
public sealed record SwapPartition(string Device, long Offset, long Length)
{
    private const int Table = 446;
    private const int EntrySize = 16;
    private const int Sector = 512;
    private const byte LinuxSwap = 0x82;

    /// <summary>Those of a disk.</summary>
    public static IReadOnlyList<SwapPartition> In(string image)
    {
        Span<byte> record = stackalloc byte[Sector];
        using (var file = new FileStream(image, FileMode.Open, FileAccess.Read, FileShare.ReadWrite))
            file.ReadExactly(record);
        var found = new List<SwapPartition>();
        for (var i = 0; i < 4; i++)
        {
            var entry = record.Slice(Table + (i * EntrySize), EntrySize);
            if (entry[4] == LinuxSwap)
                found.Add(new SwapPartition(string.Create(CultureInfo.InvariantCulture, $"/dev/sda{i + 1}"), (long)BinaryPrimitives.ReadUInt32LittleEndian(entry[8..]) * Sector, (long)BinaryPrimitives.ReadUInt32LittleEndian(entry[12..]) * Sector));
        }

        return found;
    }
}
